// All clips as a wall of pictures that play under the mouse: choose, rate, mark, tag by key or menu.
#pragma once

#include "library/clip_deeds.h"

#include <QList>
#include <QListView>

namespace rushes::ui {

class ClipGridModel;
class HoverPlay;

class ClipGrid : public QListView {
    Q_OBJECT

public:
    explicit ClipGrid(ClipGridModel& model, QWidget* parent = nullptr);

    void setCalm(bool calm);

    /// What an empty wall says.
    void setEmptyText(const QString& text);

    /// Whether what is shown is a collection, which clips can be taken out of.
    void setInCollection(bool in) { in_collection_ = in; }

    /// Those that are chosen; the one with the focus when none is.
    QList<qlonglong> chosenIds() const;

signals:
    void chosen(qlonglong id);
    void framesWanted(qlonglong id);
    void ratingRequested(const QList<qlonglong>& ids, int stars);
    void favouriteRequested(const QList<qlonglong>& ids);
    void tagsRequested(const QList<qlonglong>& ids);
    void collectionRequested(const QList<qlonglong>& ids);
    void takeOutRequested(const QList<qlonglong>& ids); ///< of the collection that is shown
    void removeRequested(const QList<qlonglong>& ids);
    void binRequested(const QList<qlonglong>& ids);
    void exportRequested(const QList<qlonglong>& ids);
    void deedRequested(const QList<qlonglong>& ids, rushes::ui::ClipDeed deed);
    void copyRequested(const QList<qlonglong>& ids);
    void showFileRequested(qlonglong id);
    void againRequested(qlonglong id);

protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void showMenu(const QList<qlonglong>& ids, const QPoint& global);

    ClipGridModel& model_;
    HoverPlay* hover_ = nullptr;
    QString empty_text_;
    bool in_collection_ = false;
};

} // namespace rushes::ui
