#include "serve/picture_maker.h"

#include "media/image.h"
#include "media/webp_picture.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace rushes::serve {
namespace {

using Clock = std::chrono::steady_clock;

struct Found {
    FramePtr frame;
    FrameHeader header;
};

/// A picture of the x0 estimate: each stands for the frames from its own to the next one's.
Found find_preview(const PictureWish& wish) {
    const auto preview = wish.clip->preview();
    if (preview == nullptr || wish.picture >= preview->pictures.size()) {
        return {};
    }
    Found found{preview->pictures[wish.picture], {}};
    const double span = preview->end_frame - preview->first_frame;
    const double share = static_cast<double>(wish.picture) / static_cast<double>(preview->pictures.size());
    const double at = preview->first_frame + span * share;
    found.header.index = static_cast<std::int64_t>(at);
    const ClipShape& shape = wish.clip->shape();
    // A draft may have fewer frames for the same seconds.
    const std::int64_t frames = preview->draft && shape.draft_frames > 0 ? shape.draft_frames : shape.frames;
    found.header.time = at / static_cast<double>(std::max<std::int64_t>(1, frames)) *
                        (static_cast<double>(shape.frames) / shape.rate.fps());
    return found;
}

Found find_frame(const PictureWish& wish) {
    LiveClip& clip = *wish.clip;
    const double seconds = static_cast<double>(clip.shape().frames) / clip.shape().rate.fps();
    Found found;
    found.header.index = wish.index;
    if (wish.kind == FrameKind::draft) {
        found.frame = clip.draft_frame(wish.index);
        const auto frames = static_cast<double>(std::max<std::int64_t>(1, clip.shape().draft_frames));
        found.header.time = static_cast<double>(wish.index) / frames * seconds;
    } else {
        found.frame = clip.final_frame(wish.index);
        found.header.time = static_cast<double>(wish.index) / clip.shape().rate.fps();
        found.header.made_unix_ms = clip.made_unix_ms(wish.index);
    }
    return found;
}

/// As large as the preview stream has it; smaller pictures stay as they are.
FramePtr scaled(const FramePtr& frame, View::Size size) {
    const int side = std::min(frame->width, frame->height);
    if (size == View::Size::full || side <= PictureMaker::preview_side) {
        return frame;
    }
    const double scale = static_cast<double>(PictureMaker::preview_side) / side;
    return std::make_shared<const Frame>(thumbnail(
        *frame,
        static_cast<int>(std::lround(frame->width * scale)),
        static_cast<int>(std::lround(frame->height * scale))
    ));
}

bool is_fragment(FrameKind kind) {
    return kind == FrameKind::h264 || kind == FrameKind::h264_start;
}

std::string made_fragment(const PictureWish& wish) {
    const auto file = wish.clip->growing_file();
    if (file == nullptr) {
        return {};
    }
    const std::string bytes = wish.kind == FrameKind::h264_start
                                  ? file->start()
                                  : file->fragment(static_cast<std::size_t>(wish.index));
    if (bytes.empty()) {
        return {};
    }
    const ClipShape& shape = wish.clip->shape();
    return frame_message(
        {.clip = wish.clip->job(),
         .index = wish.index,
         .time = static_cast<double>(wish.index) / shape.rate.fps(),
         .kind = wish.kind,
         .width = shape.width,
         .height = shape.height,
         .made_unix_ms = wish.clip->made_unix_ms(wish.index)},
        bytes
    );
}

std::string made(const PictureWish& wish) {
    if (is_fragment(wish.kind)) {
        return made_fragment(wish);
    }
    Found found = wish.kind == FrameKind::preview ? find_preview(wish) : find_frame(wish);
    if (found.frame == nullptr) {
        return {};
    }
    const FramePtr frame = scaled(found.frame, wish.size);
    found.header.clip = wish.clip->job();
    found.header.kind = wish.kind;
    found.header.width = frame->width;
    found.header.height = frame->height;
    return frame_message(found.header, encode_webp(*frame, PictureMaker::quality));
}

/// A frame that can't be read or encoded is left out; the others go on.
std::string try_make(const PictureWish& wish) {
    try {
        return made(wish);
    } catch (const std::exception&) {
        return {};
    }
}

} // namespace

PictureMaker::PictureMaker() : thread_([this] { work(); }) {}

PictureMaker::~PictureMaker() {
    end();
}

void PictureMaker::end() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
}

MessagePtr PictureMaker::take(PictureWish wish, const std::function<void()>& ready) {
    const std::lock_guard lock(mutex_);
    // Both streams carry the same picture when it is small: one encoding serves them.
    if (std::min(wish.clip->shape().width, wish.clip->shape().height) <= preview_side) {
        wish.size = View::Size::full;
    }
    const Key key = wish.key();
    const auto [entry, is_new] = entries_.try_emplace(key);
    if (entry->second.message != nullptr) {
        return entry->second.message;
    }
    if (is_new) {
        entry->second.wish = std::move(wish);
        wanted_.push_back(key);
        wake_.notify_one();
    }
    entry->second.waiting.push_back(ready);
    return nullptr;
}

double PictureMaker::seconds() const {
    const std::lock_guard lock(mutex_);
    return seconds_;
}

std::int64_t PictureMaker::pictures() const {
    const std::lock_guard lock(mutex_);
    return pictures_;
}

void PictureMaker::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [&] { return closing_ || !wanted_.empty(); });
        if (closing_) {
            return;
        }
        const Key key = wanted_.front();
        wanted_.pop_front();
        const PictureWish wish = entries_.at(key).wish;
        lock.unlock();
        const auto start = Clock::now();
        auto message = std::make_shared<const std::string>(try_make(wish));
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        lock.lock();
        if (is_fragment(wish.kind) && message->empty()) {
            entries_.erase(key);
            continue;
        }
        Entry& entry = entries_.at(key);
        bytes_ += message->size();
        entry.message = std::move(message);
        entry.wish = {}; // the clip may go
        ready_.push_back(key);
        seconds_ += seconds;
        ++pictures_;
        const auto waiting = std::exchange(entry.waiting, {});
        trim();
        lock.unlock();
        for (const auto& ready : waiting) {
            ready();
        }
        lock.lock();
    }
}

/// The newest stay, however large: who waits for one gets it.
void PictureMaker::trim() {
    constexpr std::size_t always_kept = 64;
    while (bytes_ > cache_bytes && ready_.size() > always_kept) {
        const auto oldest = entries_.find(ready_.front());
        bytes_ -= oldest->second.message->size();
        entries_.erase(oldest);
        ready_.pop_front();
    }
}

} // namespace rushes::serve
