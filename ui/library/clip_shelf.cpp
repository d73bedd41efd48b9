#include "library/clip_shelf.h"

#include "base/error.h"
#include "convert.h"
#include "generation/frame_store.h"
#include "library/content_key.h"
#include "library/dropped_file.h"
#include "stage/stage_clip.h"
#include "work/clip_work.h"
#include "work/home_call.h"

#include <mutex>
#include <utility>

#include <QDateTime>

namespace rushes::ui {

namespace {

constexpr int clips_a_page = 400; ///< more are read when the strip is scrolled to its end
constexpr int look_ms = 2000;
constexpr std::size_t playback_bytes = std::size_t{512} << 20;
constexpr std::int64_t frames_between_calls = 4;

/// Reads one clip's dropped frames again.
class ClipFile {
public:
    explicit ClipFile(std::filesystem::path file) : file_(std::move(file)) {}

    FramePtr operator()(std::int64_t index) {
        const std::lock_guard lock(mutex_);
        try {
            if (!reader_) {
                reader_ = clipWork().open_clip(file_);
            }
            return reader_->at(index);
        } catch (const Error&) {
            return nullptr; // the file was moved away: the stage keeps what it has
        }
    }

private:
    const std::filesystem::path file_;
    std::mutex mutex_;
    std::unique_ptr<ClipSource> reader_;
};

} // namespace

struct ClipShelf::Database {
    std::unique_ptr<ClipLibrary> library;
    int limit = clips_a_page;
    ClipQuery query;

    std::vector<ClipRecord> list() const { return library->list(query, limit); }
};

ClipShelf::ClipShelf(Places places, QObject* parent)
    : QObject(parent),
      places_(std::move(places)),
      database_(std::make_shared<Database>()),
      pictures_(places_.thumbnails) {
    connectPictures();
    connectGrid();
    connect(&model_, &ClipStripModel::moreWanted, this, [this] {
        change([this](ClipLibrary&) {
            database_->limit += clips_a_page;
            list(false);
        });
    });
    look_.setInterval(look_ms);
    connect(&look_, &QTimer::timeout, this, &ClipShelf::lookForChanges);
}

ClipShelf::~ClipShelf() = default;

void ClipShelf::connectPictures() {
    connect(&pictures_, &Thumbnails::made, this, [this](qlonglong id, const QImage& picture) {
        model_.setThumbnail(id, picture);
        grid_.change(id, [&](ClipItem& item) { item.thumbnail = picture; });
        keepContent(id);
    });
    connect(&pictures_, &Thumbnails::missing, this, &ClipShelf::setMissing);
    connect(&pictures_, &Thumbnails::looked, this, [this](qlonglong id, const ClipLook& look) {
        change([id, look](ClipLibrary& library) { library.set_look(id, look); });
    });
    connect(&pictures_, &Thumbnails::givenUp, &grid_, &ClipGridModel::askAgain);
    connect(&pictures_, &Thumbnails::moves, this, [this](qlonglong id, const std::vector<QImage>& frames) {
        model_.setMoving(id, frames);
        grid_.change(id, [&](ClipItem& item) { item.moving = frames; });
    });
    connect(
        &moved_,
        &MovedClips::found,
        this,
        [this](const std::map<std::int64_t, std::filesystem::path>& files) {
            for (const auto& [id, file] : files) {
                setFile(id, file);
            }
            emit foundAgain(files);
        }
    );
}

void ClipShelf::connectGrid() {
    connect(&grid_, &ClipGridModel::recordsWanted, this, [this](const std::vector<std::int64_t>& ids) {
        change([this, ids](ClipLibrary& library) {
            callHome(this, [this, records = library.read(ids)] { grid_.setRecords(records); });
        });
    });
    connect(&grid_, &ClipGridModel::pictureWanted, this, [this](qlonglong id, const QString& file) {
        pictures_.makeSoon(id, toPath(file));
    });
}

/// Clips of older versions get the key of their content, and their look, when they are seen.
void ClipShelf::keepContent(std::int64_t id) {
    const auto item = itemOf(id);
    if (!item) {
        return;
    }
    change([this, id, record = item->record](ClipLibrary& library) {
        if (record.content.empty()) {
            library.set_content(id, content_key(record.file));
        }
        if (!library.has_look(id)) {
            pictures_.look(id, record.file);
        }
    });
}

std::optional<ClipItem> ClipShelf::itemOf(std::int64_t id) const {
    const auto row = model_.rowOf(id);
    return row ? std::optional(model_.item(*row)) : grid_.find(id);
}

void ClipShelf::load() {
    disk_.post([this](std::stop_token) {
        try {
            std::vector<std::string> problems;
            database_->library = std::make_unique<ClipLibrary>(places_.database, &problems);
            list(true);
            for (const std::string& problem : problems) {
                tellFailure(Error(ErrorKind::resource, problem));
            }
        } catch (const Error& error) {
            tellFailure(error);
        }
    });
    look_.start();
}

void ClipShelf::list(bool first) {
    const auto records = database_->list();
    const auto count = static_cast<qlonglong>(database_->library->count());
    const bool more = static_cast<int>(records.size()) == database_->limit;
    callHome(this, [this, records, count, more, first] {
        fill(records, count, first);
        model_.setMore(more);
    });
}

void ClipShelf::fill(const std::vector<ClipRecord>& records, qlonglong count, bool first) {
    count_ = count;
    if (first) {
        model_.setClips(records);
        makeThumbnails(records);
        emit loaded();
    } else {
        makeThumbnails(model_.synchronise(records));
        if (browsed_) {
            browse(*browsed_);
        }
        emit countChanged();
    }
}

void ClipShelf::lookForChanges() {
    disk_.post([this](std::stop_token) {
        try {
            if (database_->library && database_->library->changed_elsewhere()) {
                list(false);
            }
        } catch (const Error&) {
            // Locked or gone for a moment: the next look, or the next change of ours, will say so.
        }
    });
}

void ClipShelf::search(const QString& words, bool favourites) {
    change([this, words = toStd(words), favourites](ClipLibrary&) {
        database_->query = {.words = words, .favourites = favourites};
        database_->limit = clips_a_page;
        callHome(this, [this, records = database_->list()] {
            model_.setClips(records);
            model_.setMore(static_cast<int>(records.size()) == clips_a_page);
            makeThumbnails(records);
        });
    });
}

void ClipShelf::tellFailure(const Error& error) {
    callHome(this, [this, message = QString::fromUtf8(error.what()), hint = toQString(error.hint())] {
        emit failed(message, hint);
    });
}

void ClipShelf::record(ClipRecord record, std::function<void()> kept) {
    disk_.postToFinish([this, record = std::move(record), kept = std::move(kept)](std::stop_token) {
        keep(record, kept);
    });
}

void ClipShelf::adopt(const std::filesystem::path& file, ClipState state, std::function<void()> kept) {
    disk_.postToFinish([this, file, state, kept = std::move(kept)](std::stop_token) {
        try {
            if (database_->library && database_->library->find(file)) {
                if (kept) {
                    kept();
                }
                return;
            }
            ClipRecord record = readDropped(file).clip.value();
            record.id = 0;
            record.state = state;
            keep(std::move(record), kept);
        } catch (const Error& error) {
            tellFailure(error); // the file was moved away, or is damaged
        }
    });
}

void ClipShelf::keep(ClipRecord record, const std::function<void()>& kept) {
    record.created_unix_ms = QDateTime::currentMSecsSinceEpoch();
    record.content = content_key(record.file);
    try {
        record.id = database_->library ? database_->library->add(record) : -1;
        if (record.id >= 0 && kept) {
            kept();
        }
    } catch (const Error& error) {
        tellFailure(error);
        record.id = -1; // still in the strip for this session
    }
    callHome(this, [this, record] {
        model_.insert(record);
        pictures_.make(record.id, record.file);
        if (browsed_) {
            browse(*browsed_);
        }
        ++count_;
        emit countChanged();
        emit added(record.id);
    });
}

void ClipShelf::change(std::function<void(ClipLibrary&)> work) {
    disk_.postToFinish([this, work = std::move(work)](std::stop_token) {
        try {
            if (database_->library) {
                work(*database_->library);
            }
        } catch (const Error& error) {
            tellFailure(error);
        }
    });
}

void ClipShelf::readFrom(FrameStore& store, const std::filesystem::path& file) {
    store.read_back_from([read = std::make_shared<ClipFile>(file)](std::int64_t i) { return (*read)(i); });
}

void ClipShelf::browse(const ClipQuery& query) {
    browsed_ = query;
    change([this, query, turn = ++*browsing_, latest = browsing_](ClipLibrary& library) {
        const auto give = [&](std::vector<std::int64_t> ids) {
            callHome(this, [this, ids = std::move(ids), turn] {
                if (turn == *browsing_) {
                    grid_.setIds(ids);
                }
            });
        };
        // The first screen at once, however many there are.
        for (const int limit : {clips_a_page, 0}) {
            if (turn != *latest) {
                return; // something else was typed meanwhile
            }
            auto ids = library.ids(query, limit);
            const bool all = static_cast<int>(ids.size()) < clips_a_page;
            give(std::move(ids));
            if (all) {
                return;
            }
        }
    });
}

void ClipShelf::facets(std::function<void(const Facets&)> done) {
    change([this, done = std::move(done)](ClipLibrary& library) {
        callHome(this, [done, facets = Facets{library.tags(), library.models(), library.collections()}] {
            done(facets);
        });
    });
}

void ClipShelf::findAlike(const std::filesystem::path& file, std::function<void(const ClipRecord&)> found) {
    // All of it on the pictures' thread, over a connection of its own: a large library takes seconds, which
    // neither the stage nor a finished clip should wait for.
    pictures_.lookAt(file, [this, found = std::move(found)](const ClipLook& look, std::stop_token stop) {
        try {
            const ClipLibrary library(places_.database);
            const std::vector<Alike> alike = library.alike(look, 1, stop);
            if (const auto record = alike.empty() ? std::nullopt : library.find(alike.front().clip)) {
                callHome(this, [found, record = *record] { found(record); });
            }
        } catch (const Error&) {
            return; // no library, so nothing in it: what opened it at the start has said why
        }
    });
}

void ClipShelf::runOnDisk(std::function<void()> work) {
    disk_.postToFinish([work = std::move(work)](std::stop_token) { work(); });
}

void ClipShelf::makeThumbnails(const std::vector<ClipRecord>& records) {
    for (const ClipRecord& record : records) {
        pictures_.make(record.id, record.file); // one thread, in order: the left ones come first
    }
}

void ClipShelf::loadMoving(std::int64_t id) {
    if (const auto clip = itemOf(id)) {
        pictures_.loadMoving(id, clip->record.file);
    }
}

std::shared_ptr<StageClip> ClipShelf::open(
    const ClipRecord& record,
    const std::function<void()>& changed,
    Reader who,
    std::function<void(const Error&)> failed_to_open
) {
    Lane& lane = lanes_[static_cast<std::size_t>(who)];
    auto store = std::make_shared<FrameStore>(
        playback_bytes,
        [read = std::make_shared<ClipFile>(record.file)](std::int64_t i) { return (*read)(i); }
    );
    const FrameRate rate = record.recipe.frame_rate.num > 0 ? record.recipe.frame_rate : FrameRate{};
    auto clip =
        std::make_shared<StageClip>(ClipShape{record.width, record.height, record.frames, 0, rate}, store);
    const int turn = ++*lane.opening;
    const auto notify = [this, changed] { callHome(this, [changed] { changed(); }); };
    if (!failed_to_open) {
        failed_to_open = [this](const Error& error) {
            emit failed(QString::fromUtf8(error.what()), toQString(error.hint()));
        };
    }
    lane.thread.post([this,
                      store,
                      clip,
                      file = record.file,
                      turn,
                      opening = lane.opening,
                      notify,
                      changed,
                      failed_to_open](std::stop_token stop) {
        try {
            const auto source = clipWork().open_clip(file);
            ClipSource& reader = *source;
            for (std::int64_t index = 0; !stop.stop_requested() && *opening == turn; ++index) {
                FramePtr frame = reader.next();
                if (!frame) {
                    break;
                }
                if (frame->index != index) { // GIF and WebP readers may count otherwise
                    auto numbered = std::make_shared<Frame>(*frame);
                    numbered->index = index;
                    frame = std::move(numbered);
                }
                store->add(std::move(frame));
                if (index == 0 || index % frames_between_calls == 0) {
                    notify();
                }
            }
        } catch (const Error& error) {
            callHome(this, [failed_to_open, error] { failed_to_open(error); });
        }
        callHome(this, [clip, changed] {
            clip->finish();
            changed();
        });
    });
    return clip;
}

void ClipShelf::fetch(
    std::shared_ptr<FrameStore> store, std::int64_t index, std::function<void(FramePtr)> done, Reader who
) {
    Lane& lane = lanes_[static_cast<std::size_t>(who)];
    const int turn = ++*lane.fetching;
    lane.thread.post(
        [this, store = std::move(store), index, done = std::move(done), turn, fetching = lane.fetching](
            std::stop_token
        ) {
            if (*fetching == turn) {
                callHome(this, [done, frame = store->get(index)] { done(frame); });
            }
        }
    );
}

} // namespace rushes::ui
