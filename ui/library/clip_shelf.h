// The clips behind the film strip: the database, thumbnails and moving previews, all off the UI thread.
#pragma once

#include "library/clip_grid_model.h"
#include "library/clip_strip_model.h"
#include "library/moved_clips.h"
#include "library/thumbnails.h"
#include "work/task_thread.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <QObject>
#include <QString>
#include <QTimer>

namespace rushes {
class FrameStore;
} // namespace rushes

namespace rushes::ui {

class StageClip;

class ClipShelf : public QObject {
    Q_OBJECT

public:
    struct Places {
        std::filesystem::path database;
        std::filesystem::path thumbnails;
    };

    explicit ClipShelf(Places places, QObject* parent = nullptr);
    ~ClipShelf() override;

    ClipStripModel& model() { return model_; }

    /// What browse() found.
    ClipGridModel& grid() { return grid_; }

    /// A clip of the strip, or one that was looked at in the grid.
    std::optional<ClipItem> itemOf(std::int64_t id) const;

    /// Opens the database and fills the model, newest first.
    void load();
    /// Keeps a finished clip. May be called from any thread, also while the program is ending.
    /// `kept` is called on the database's thread once it is in the library.
    void record(ClipRecord record, std::function<void()> kept = {});
    /// A clip that was found on the disk, with the recipe inside; one that is in the library already stays as
    /// it is. `kept` as above.
    void adopt(const std::filesystem::path& file, ClipState state, std::function<void()> kept = {});
    void remove(std::int64_t id);
    /// A removed clip comes back, at its place and under its number.
    void restore(const ClipItem& item);
    /// The clip's file lies elsewhere now.
    void setFile(std::int64_t id, const std::filesystem::path& file);
    /// Gives the clip's file another name in its folder, never one that is taken; renamed() follows. `name`
    /// has no suffix.
    void rename(std::int64_t id, const QString& name);
    /// Where the dropped frames of a clip on the stage are read from now on.
    static void readFrom(FrameStore& store, const std::filesystem::path& file);
    /// To the desktop's bin; `binned` is where it keeps the file, empty when there is no bin.
    void moveToBin(const std::filesystem::path& file, std::shared_ptr<QString> binned);
    void takeFromBin(std::shared_ptr<QString> binned, const std::filesystem::path& file);

    /// Words of the prompt (empty: all clips), or only the favourites among them.
    void search(const QString& words, bool favourites);

    /// All of the library, also those that are not in the model yet.
    qlonglong clips() const { return count_; }

    void setFavourite(std::int64_t id, bool favourite);
    void setRating(std::int64_t id, int stars);
    void setTags(std::int64_t id, const std::vector<std::string>& tags);
    /// The clip's file is gone; it is looked for by its content.
    void setMissing(std::int64_t id);
    /// Fills grid(), and keeps it up with the library.
    void browse(const ClipQuery& query);

    void endBrowsing() { browsed_.reset(); }

    /// What clips can be chosen by.
    struct Facets {
        std::vector<TagCount> tags;
        std::vector<std::string> models;
        std::vector<Collection> collections;
    };

    /// `done` is called on the UI thread.
    void facets(std::function<void(const Facets&)> done);

    /// Into a collection, a new one where none has this name; collectionsChanged() follows, here and below.
    void putIntoCollection(const std::string& name, const std::vector<std::int64_t>& clips);
    void takeOutOfCollection(
        const std::string& name, const std::vector<std::int64_t>& clips, bool when_empty_remove = false
    );
    /// failed() when the name is taken.
    void renameCollection(std::int64_t id, const std::string& name);
    /// `kept`: what was in it, for restoreCollection().
    void removeCollection(const Collection& collection, std::shared_ptr<std::vector<std::int64_t>> kept);
    void restoreCollection(const Collection& collection, std::shared_ptr<std::vector<std::int64_t>> kept);

    /// The clip of the library that a file looks like: `found` is called on the UI thread, if there is one.
    void findAlike(const std::filesystem::path& file, std::function<void(const ClipRecord&)> found);

    /// Where new clips go: a place to look for those that were moved.
    void setHome(const std::filesystem::path& folder) { moved_.setHome(folder); }

    /// Small moving frames of a clip for hover play.
    void loadMoving(std::int64_t id);

    /// Who reads a clip: the stage, or the clip that is compared with it. Each reads one clip at a time, and
    /// neither waits for the other.
    enum class Reader { stage, compared };

    /// A clip of the shelf for the stage; its frames arrive while it is read. `changed` is called on the UI
    /// thread; `failed` when the file cannot be read (default: the shelf's own signal).
    std::shared_ptr<StageClip> open(
        const ClipRecord& record,
        const std::function<void()>& changed,
        Reader who = Reader::stage,
        std::function<void(const Error&)> failed = {}
    );
    /// The frame of a clip that has left memory; `done` is called on the UI thread.
    void fetch(
        std::shared_ptr<FrameStore> store,
        std::int64_t index,
        std::function<void(FramePtr)> done,
        Reader who = Reader::stage
    );

    /// Work on the disk that is short: settings, recipes. Runs on the database's thread.
    void runOnDisk(std::function<void()> work);

signals:
    void loaded();
    void failed(const QString& message, const QString& hint);
    void added(qlonglong id);
    void renamed(qlonglong id, const QString& file);
    void countChanged();
    void collectionsChanged();
    void foundAgain(const std::map<std::int64_t, std::filesystem::path>& files); ///< clips that were moved

private:
    /// Runs `work` on the database's thread, also while the program is ending; what fails is told.
    void change(std::function<void(ClipLibrary&)> work);
    /// On the database's thread: into the library, then into the strip.
    void keep(ClipRecord record, const std::function<void()>& kept);
    void tellFailure(const Error& error);
    /// Brings the model up to what the library holds. On the disk's thread.
    void list(bool first);
    void lookForChanges();
    void fill(const std::vector<ClipRecord>& records, qlonglong count, bool first);
    void makeThumbnails(const std::vector<ClipRecord>& records);
    void connectPictures();
    void connectGrid();
    void keepContent(std::int64_t id);
    void changeCollections(const std::vector<std::int64_t>& clips, std::function<void(ClipLibrary&)> work);

    const Places places_;
    ClipStripModel model_;
    ClipGridModel grid_;
    std::optional<ClipQuery> browsed_;
    std::shared_ptr<std::atomic<int>> browsing_ =
        std::make_shared<std::atomic<int>>(0); ///< the latest search
    struct Database;                           // lives on the disk thread
    std::shared_ptr<Database> database_;
    qlonglong count_ = 0;
    QTimer look_; ///< for what another window did

    struct Lane {
        // Only the clip opened last is worth reading on, only the frame asked for last worth getting.
        std::shared_ptr<std::atomic<int>> opening = std::make_shared<std::atomic<int>>(0);
        std::shared_ptr<std::atomic<int>> fetching = std::make_shared<std::atomic<int>>(0);
        TaskThread thread;
    };

    Thumbnails pictures_;
    MovedClips moved_;
    Lane lanes_[2];   ///< by Reader
    TaskThread disk_; ///< last: ends first, and finishes what must be kept
};

} // namespace rushes::ui
