// The strip of clips at the bottom: newest left, plays under the mouse, click shows, drag gives the file.
#pragma once

#include "library/clip_deeds.h"

#include <QListView>

namespace rushes::ui {

class ClipDelegate;
class ClipStripModel;
class HoverPlay;

class FilmStrip : public QListView {
    Q_OBJECT

public:
    explicit FilmStrip(ClipStripModel& model, QWidget* parent = nullptr);

    void select(int row); ///< without telling anybody

    /// What an empty strip says depends on it.
    void setSearching(bool searching);

    /// A field for another name of the chosen clip's file.
    void renameCurrent();

    /// Finished ones that are chosen.
    QList<qlonglong> selectedIds() const;

    /// Clips stand still under the mouse.
    void setCalm(bool calm);

signals:
    void chosen(int row);
    void compareRequested(int row); ///< a double click; chosen() came before it
    void hoverNeedsFrames(qlonglong id);
    void removeRequested(qlonglong id);
    void showFileRequested(qlonglong id);
    void favouriteRequested(qlonglong id, bool favourite);
    void againRequested(qlonglong id);
    void variationsRequested(qlonglong id);
    void copyRequested(qlonglong id);
    void deleteRequested(qlonglong id);
    void exportRequested(int row);
    // Of several that are chosen.
    void exportManyRequested(const QList<qlonglong>& ids);
    void copyManyRequested(const QList<qlonglong>& ids);
    void removeManyRequested(const QList<qlonglong>& ids);
    void deedRequested(const QList<qlonglong>& ids, rushes::ui::ClipDeed deed);
    void ratingRequested(qlonglong id, int stars);
    void renameRequested(qlonglong id, const QString& name);

protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void beginRename(const QModelIndex& index);
    void showMenuOfOne(const QModelIndex& index, const QPoint& global);
    void showMenuOfMany(const QList<qlonglong>& ids, const QPoint& global);

    ClipStripModel& model_;
    ClipDelegate* delegate_;
    HoverPlay* hover_ = nullptr;
    bool searching_ = false;
};

} // namespace rushes::ui
