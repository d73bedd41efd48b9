#include "library/thumbnails.h"

#include "base/error.h"
#include "convert.h"
#include "theme/tokens.h"
#include "work/clip_work.h"
#include "work/home_call.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QSaveFile>

namespace rushes::ui {

namespace {

constexpr int moving_frames = 24;
constexpr int picture_scale = 2; ///< thumbnails are sharp at 200 %
constexpr std::size_t most_wishes = 200;

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

std::optional<ClipLook> lookOf(const std::filesystem::path& clip) {
    try {
        const auto reader = clipWork().open_clip(clip);
        return look_of_clip(reader->facts().frames, [&](std::int64_t index) { return reader->at(index); });
    } catch (const Error&) {
        return std::nullopt; // gone or damaged: what needs its frames says so
    }
}

void saveThumbnail(const QString& file, const QImage& picture) {
    QDir().mkpath(QFileInfo(file).path());
    QSaveFile target(file); // beside its target, renamed when whole
    if (target.open(QIODevice::WriteOnly) && picture.save(&target, "PNG")) {
        target.commit(); // a cache that cannot be written is only slower
    }
}

} // namespace

Thumbnails::Thumbnails(std::filesystem::path folder, QObject* parent)
    : QObject(parent), folder_(std::move(folder)) {}

void Thumbnails::make(std::int64_t id, const std::filesystem::path& file) {
    thread_.post([this, wish = Wish{id, file}](std::stop_token) { makeNow(wish); });
}

void Thumbnails::makeSoon(std::int64_t id, const std::filesystem::path& file) {
    std::optional<Wish> late;
    {
        const std::lock_guard lock(mutex_);
        soon_.push_back({id, file});
        if (soon_.size() > most_wishes) {
            late = soon_.front();
            soon_.erase(soon_.begin());
        }
    }
    if (late) {
        emit givenUp(late->id);
        return; // a task for it is already there
    }
    thread_.postFirst([this](std::stop_token) {
        Wish wish;
        {
            const std::lock_guard lock(mutex_);
            if (soon_.empty()) {
                return;
            }
            wish = soon_.back();
            soon_.pop_back();
        }
        makeNow(wish);
    });
}

void Thumbnails::makeNow(const Wish& wish) {
    std::error_code ignored;
    if (!std::filesystem::exists(wish.file, ignored)) {
        callHome(this, [this, id = wish.id] { emit missing(id); });
        return;
    }
    const QString cached = thumbnailFile(folder_, wish.file);
    QImage picture(cached);
    if (picture.isNull()) {
        try {
            picture = makeThumbnailPicture(wish.file);
        } catch (const Error&) {
            return; // keeps the placeholder
        }
        saveThumbnail(cached, picture);
    }
    callHome(this, [this, id = wish.id, picture] { emit made(id, picture); });
}

void Thumbnails::look(std::int64_t id, const std::filesystem::path& file) {
    thread_.post([this, id, file](std::stop_token) {
        if (const auto look = lookOf(file)) {
            callHome(this, [this, id, look = *look] { emit looked(id, look); });
        }
    });
}

void Thumbnails::lookAt(
    const std::filesystem::path& file, std::function<void(const ClipLook&, std::stop_token)> work
) {
    thread_.postFirst([file, work = std::move(work)](std::stop_token stop) {
        if (const auto look = lookOf(file)) {
            work(*look, std::move(stop));
        }
    });
}

void Thumbnails::loadMoving(std::int64_t id, const std::filesystem::path& file) {
    thread_.postFirst([this, id, file](std::stop_token stop) {
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
        callHome(this, [this, id, frames] { emit moves(id, frames); });
    });
}

} // namespace rushes::ui
