#include "library/clip_shelf.h"

#include "base/error.h"
#include "base/paths.h"
#include "convert.h"
#include "generation/frame_store.h"
#include "library/dropped_file.h"
#include "stage/stage_clip.h"
#include "theme/tokens.h"
#include "work/clip_work.h"
#include "work/home_call.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

namespace rushes::ui {

namespace {

constexpr int clips_a_page = 400; ///< more are read when the strip is scrolled to its end
constexpr int look_ms = 2000;
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

/// How much there is to see: the variance of green, on a grid.
double variance(const Frame& frame) {
    constexpr std::size_t step = 3 * 7;
    double sum = 0;
    double squares = 0;
    std::size_t count = 0;
    for (std::size_t i = 1; i < frame.rgb.size(); i += step) {
        const double value = frame.rgb[i];
        sum += value;
        squares += value * value;
        ++count;
    }
    return count == 0 ? 0
                      : squares / static_cast<double>(count) - std::pow(sum / static_cast<double>(count), 2);
}

/// Of three moments the one with most to see; the middle of the clip may be an empty sea.
FramePtr tellingFrame(ClipSource& reader) {
    constexpr int moments = 3;
    FramePtr best;
    double most = -1;
    for (int i = 1; i <= moments; ++i) {
        const FramePtr frame = reader.at(reader.facts().frames * i / (moments + 1));
        if (frame && variance(*frame) > most) {
            most = variance(*frame);
            best = frame;
        }
    }
    return best;
}

QImage makeThumbnailPicture(const std::filesystem::path& clip) {
    const auto source = clipWork().open_clip(clip);
    ClipSource& reader = *source;
    FramePtr frame = tellingFrame(reader);
    if (!frame) {
        reader.rewind();
        frame = reader.next();
    }
    return toQImage(frame).scaled(
        picture_scale * size::thumb_width,
        picture_scale * size::thumb_height,
        Qt::KeepAspectRatio,
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
    int limit = clips_a_page;
    ClipQuery query;

    std::vector<ClipRecord> list() const { return library->list(query, limit); }
};

ClipShelf::ClipShelf(Places places, QObject* parent)
    : QObject(parent), places_(std::move(places)), database_(std::make_shared<Database>()) {
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

void ClipShelf::load() {
    disk_.post([this](std::stop_token) {
        try {
            database_->library = std::make_unique<ClipLibrary>(places_.database);
            list(true);
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
        makeThumbnail(record);
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

void ClipShelf::remove(std::int64_t id) {
    model_.remove(id);
    --count_;
    emit countChanged();
    change([id](ClipLibrary& library) { library.remove(id); });
}

void ClipShelf::setFavourite(std::int64_t id, bool favourite) {
    model_.setFavourite(id, favourite);
    change([id, favourite](ClipLibrary& library) { library.set_favourite(id, favourite); });
}

void ClipShelf::restore(const ClipItem& item) {
    model_.insert(item.record, item.thumbnail);
    ++count_;
    emit countChanged();
    change([record = item.record](ClipLibrary& library) { library.add(record); });
}

void ClipShelf::setFile(std::int64_t id, const std::filesystem::path& file) {
    model_.setFile(id, file);
    change([id, file](ClipLibrary& library) { library.set_file(id, file); });
    if (const auto row = model_.rowOf(id)) {
        makeThumbnail(model_.item(*row).record);
    }
}

void ClipShelf::rename(std::int64_t id, const QString& name) {
    const auto row = model_.rowOf(id);
    if (!row) {
        return;
    }
    runOnDisk([this, id, from = model_.item(*row).record.file, name] {
        QString safe = name.trimmed();
        safe.replace(QLatin1Char('/'), QLatin1Char('-'));
        const auto wanted = from.parent_path() / toPath(safe + toQString(from.extension()));
        if (safe.isEmpty() || wanted == from) {
            return;
        }
        const auto to = unused_name(wanted);
        std::error_code error;
        std::filesystem::rename(from, to, error);
        callHome(this, [this, id, from, to, error] {
            if (error) {
                emit failed(
                    tr("%1 could not be renamed.").arg(toQString(from.filename())),
                    QString::fromStdString(error.message())
                );
                return;
            }
            setFile(id, to);
            emit renamed(id, toQString(to));
        });
    });
}

void ClipShelf::readFrom(FrameStore& store, const std::filesystem::path& file) {
    store.read_back_from([read = std::make_shared<ClipFile>(file)](std::int64_t i) { return (*read)(i); });
}

void ClipShelf::moveToBin(const std::filesystem::path& file, std::shared_ptr<QString> binned) {
    runOnDisk([this, file, binned = std::move(binned)] {
        if (!QFile::moveToTrash(toQString(file), binned.get())) {
            callHome(this, [this, file] {
                emit failed(
                    tr("%1 could not be moved to the bin.").arg(toQString(file.filename())),
                    tr("The file stays; the clip is out of the strip.")
                );
            });
        }
    });
}

void ClipShelf::takeFromBin(std::shared_ptr<QString> binned, const std::filesystem::path& file) {
    runOnDisk([binned = std::move(binned), file] {
        if (!binned->isEmpty()) {
            QFile::rename(*binned, toQString(file)); // never over a file that is there
            binned->clear();
        }
    });
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
