#include "library/clip_shelf.h"

#include "base/error.h"
#include "convert.h"
#include "generation/frame_store.h"
#include "library/dropped_file.h"
#include "stage/stage_clip.h"
#include "theme/tokens.h"
#include "work/clip_work.h"
#include "work/home_call.h"

#include <mutex>
#include <optional>

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QSaveFile>

namespace rushes::ui {

namespace {

constexpr int clips_listed = 400;
constexpr int look_milliseconds = 1000; ///< for clips of other windows
constexpr int moving_frames = 24;
constexpr int picture_scale = 2; ///< thumbnails are sharp at 200 %
constexpr std::size_t playback_bytes = std::size_t{512} << 20;
constexpr std::int64_t frames_between_calls = 4;

/// The cached file's name follows the clip's path, size and time: a replaced clip gets a new thumbnail.
QString thumbnailFile(const std::filesystem::path& folder, const std::filesystem::path& clip) {
    const QFileInfo info(toQString(clip));
    const QString key = QStringLiteral("%1|%2|%3")
                            .arg(info.absoluteFilePath())
                            .arg(info.size())
                            .arg(info.lastModified().toMSecsSinceEpoch());
    const QByteArray hash = QCryptographicHash::hash(key.toUtf8(), QCryptographicHash::Sha1).toHex();
    return QDir(toQString(folder)).filePath(QString::fromLatin1(hash) + QStringLiteral(".png"));
}

QImage makeThumbnailPicture(const std::filesystem::path& clip) {
    const auto source = clipWork().open_clip(clip);
    ClipSource& reader = *source;
    // The middle says more about a clip than its first frame.
    const std::int64_t middle = reader.facts().frames > 1 ? reader.facts().frames / 2 : 0;
    FramePtr frame = reader.at(middle);
    if (!frame) {
        reader.rewind();
        frame = reader.next();
    }
    return toQImage(frame).scaled(
        picture_scale * size::thumb_width,
        picture_scale * size::thumb_height,
        Qt::KeepAspectRatioByExpanding,
        Qt::SmoothTransformation
    );
}

void saveThumbnail(const QString& file, const QImage& picture) {
    QDir().mkpath(QFileInfo(file).path());
    QSaveFile target(file); // beside its target, renamed when whole
    if (target.open(QIODevice::WriteOnly) && picture.save(&target, "PNG")) {
        target.commit(); // a cache that cannot be written is only slower
    }
}

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
};

ClipShelf::ClipShelf(Places places, QObject* parent)
    : QObject(parent), places_(std::move(places)), database_(std::make_shared<Database>()) {
    look_.setInterval(look_milliseconds);
    connect(&look_, &QTimer::timeout, this, &ClipShelf::look);
}

ClipShelf::~ClipShelf() = default;

void ClipShelf::tellFailure(const Error& error) {
    callHome(this, [this, message = QString::fromUtf8(error.what()), hint = toQString(error.hint())] {
        emit failed(message, hint);
    });
}

void ClipShelf::load() {
    disk_.post([this](std::stop_token) {
        try {
            database_->library = std::make_unique<ClipLibrary>(places_.database);
            callHome(this, [this, records = database_->library->list(clips_listed)] {
                model_.setClips(records);
                makeThumbnails(records);
                look_.start();
                emit loaded();
            });
        } catch (const Error& error) {
            tellFailure(error);
        }
    });
}

void ClipShelf::look() {
    disk_.post([this](std::stop_token) {
        try {
            if (!database_->library->changed_elsewhere()) {
                return;
            }
            callHome(this, [this, records = database_->library->list(clips_listed)] {
                for (const ClipRecord& record : model_.synchronise(records)) {
                    makeThumbnail(record);
                }
                emit loaded();
            });
        } catch (const Error&) {
            // The disk may be away for a moment; who changes something is told.
        }
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
            record.state = state;
            keep(std::move(record), kept);
        } catch (const Error& error) {
            tellFailure(error); // the file was moved away, or is damaged
        }
    });
}

void ClipShelf::keep(ClipRecord record, const std::function<void()>& kept) {
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
        model_.prepend(record);
        makeThumbnail(record);
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

void ClipShelf::remove(std::int64_t id) {
    model_.remove(id);
    change([id](ClipLibrary& library) { library.remove(id); });
}

void ClipShelf::setFavourite(std::int64_t id, bool favourite) {
    model_.setFavourite(id, favourite);
    change([id, favourite](ClipLibrary& library) { library.set_favourite(id, favourite); });
}

void ClipShelf::runOnDisk(std::function<void()> work) {
    disk_.postToFinish([work = std::move(work)](std::stop_token) { work(); });
}

void ClipShelf::makeThumbnails(const std::vector<ClipRecord>& records) {
    for (const ClipRecord& record : records) {
        makeThumbnail(record); // one thread, in order: the left ones come first
    }
}

void ClipShelf::makeThumbnail(const ClipRecord& record) {
    pictures_.post([this, id = record.id, file = record.file](std::stop_token) {
        std::error_code ignored;
        if (!std::filesystem::exists(file, ignored)) {
            callHome(this, [this, id] { model_.setMissing(id); });
            return;
        }
        const QString cached = thumbnailFile(places_.thumbnails, file);
        QImage picture(cached);
        if (picture.isNull()) {
            try {
                picture = makeThumbnailPicture(file);
            } catch (const Error&) {
                return; // keeps the placeholder
            }
            saveThumbnail(cached, picture);
        }
        callHome(this, [this, id, picture] { model_.setThumbnail(id, picture); });
    });
}

void ClipShelf::loadMoving(std::int64_t id) {
    const auto row = model_.rowOf(id);
    if (!row) {
        return;
    }
    pictures_.postFirst([this, id, file = model_.item(*row).record.file](std::stop_token stop) {
        std::vector<QImage> frames;
        try {
            const auto source = clipWork().open_clip(file);
            ClipSource& reader = *source;
            const std::int64_t stride = std::max<std::int64_t>(1, reader.facts().frames / moving_frames);
            std::int64_t index = 0;
            while (const FramePtr frame =
                       reader.next(picture_scale * size::thumb_width, picture_scale * size::thumb_height)) {
                if (stop.stop_requested()) {
                    return;
                }
                if (index++ % stride == 0) {
                    frames.push_back(toQImage(frame));
                }
            }
        } catch (const Error&) {
            return;
        }
        callHome(this, [this, id, frames] { model_.setMoving(id, frames); });
    });
}

std::shared_ptr<StageClip>
ClipShelf::open(const ClipRecord& record, const std::function<void()>& changed, Reader who) {
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
    lane.thread.post([this, store, clip, file = record.file, turn, opening = lane.opening, notify, changed](
                         std::stop_token stop
                     ) {
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
            tellFailure(error);
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
