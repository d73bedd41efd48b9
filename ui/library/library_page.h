// Everything that was ever made, in a window of its own: words, filters, order, and a wall of clips.
#pragma once

#include "library/clip_library.h"

#include <optional>
#include <vector>

#include <QDialog>
#include <QTimer>

class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace rushes::ui {

class AskLine;
class ClipGrid;
class ClipGridModel;

class LibraryPage : public QDialog {
    Q_OBJECT

public:
    explicit LibraryPage(ClipGridModel& model, QWidget* parent = nullptr);

    ClipGrid& grid() { return *grid_; }

    ClipQuery query() const;

    /// What the filters offer; what was chosen stays.
    void setChoices(
        const std::vector<TagCount>& tags,
        const std::vector<std::pair<QString, QString>>& models,
        const std::vector<Collection>& collections
    );
    /// Of the whole library.
    void setTotal(qlonglong clips);
    /// Asks for tags below the clips; tagsTyped() follows.
    void editTags(const QList<qlonglong>& ids, const QStringList& tags);
    /// Asks for a collection below the clips; collectionTyped() follows.
    void askCollection(const QList<qlonglong>& ids);

    /// That the clips are chosen by; none when they are not.
    std::optional<Collection> collection() const;
    /// In any case of its letters.
    std::optional<Collection> collectionNamed(const QString& name) const;

signals:
    void searched(const rushes::ClipQuery& query);
    void tagsTyped(const QList<qlonglong>& ids, const QStringList& tags);
    void collectionTyped(const QList<qlonglong>& ids, const QString& name);
    void collectionRenamed(const rushes::Collection& collection, const QString& name);
    void collectionRemoved(const rushes::Collection& collection);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QComboBox* filter(const QString& name, const QString& accessible);
    void makeFilters();
    void makeFoot(class QBoxLayout& column);
    void showCount();
    void resetFilters();
    void showCollectionMenu();
    void askName(const Collection& collection);

    ClipGridModel& model_;
    QTimer typing_; ///< a search for each pause, not for each key; first: the filters start it
    QLineEdit* search_;
    QToolButton* favourites_;
    QComboBox* stars_;
    QComboBox* shape_;
    QComboBox* age_;
    QComboBox* models_;
    QComboBox* tags_;
    QComboBox* collections_;
    QToolButton* collection_menu_;
    QComboBox* order_;
    ClipGrid* grid_;
    QLabel* count_;
    QLabel* keys_;
    AskLine* line_;
    std::vector<Collection> known_collections_;
    qlonglong total_ = 0;
};

} // namespace rushes::ui
