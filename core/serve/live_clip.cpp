#include "serve/live_clip.h"

#include "serve/events.h"

#include <utility>

namespace rushes::serve {

double unix_ms_now() {
    using namespace std::chrono;
    return duration<double, std::milli>(system_clock::now().time_since_epoch()).count();
}

namespace {

constexpr auto progress_pause = std::chrono::milliseconds(50);

std::uint64_t next_serial() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

} // namespace

LiveClip::LiveClip(
    std::string job, ClipShape shape, std::function<void()> changed, std::shared_ptr<FrameStore> store
)
    : job_(std::move(job)),
      serial_(next_serial()),
      shape_(shape),
      changed_(std::move(changed)),
      store_(store != nullptr ? std::move(store) : std::make_shared<FrameStore>(store_bytes)) {}

void LiveClip::final_frames(std::int64_t frames) {
    const double now = unix_ms_now();
    change([&] {
        look_.finals = frames;
        made_.resize(static_cast<std::size_t>(frames), now);
    });
}

void LiveClip::add_draft(FramePtr frame) {
    drafts_.add(std::move(frame));
    change([&] { ++look_.drafts; });
}

void LiveClip::set_preview(Preview preview) {
    auto text = std::make_shared<const std::string>(serve::preview_event(job_, preview));
    change([&] {
        preview_ = std::make_shared<const Preview>(std::move(preview));
        preview_event_ = std::move(text);
        ++look_.previews;
    });
}

void LiveClip::set_progress(const Progress& progress) {
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        const bool same = progress.phase == progress_.phase && progress.draft == progress_.draft;
        if (progress_event_ != nullptr && same && now - progress_time_ < progress_pause) {
            return;
        }
    }
    auto text = std::make_shared<const std::string>(serve::progress_event(job_, progress));
    change([&] {
        progress_ = progress;
        progress_time_ = now;
        progress_event_ = std::move(text);
        ++look_.progresses;
    });
}

void LiveClip::set_growing_file(const std::filesystem::path& file) {
    auto opened = GrowingFile::open(file);
    change([&] { growing_file_ = std::move(opened); });
}

void LiveClip::end(std::string event) {
    change([&] {
        end_event_ = std::make_shared<const std::string>(std::move(event));
        look_.ended = true;
    });
}

void LiveClip::set_file(std::int64_t frames, FrameStore::ReadBack frame_at) {
    change([&] {
        file_frames_ = std::move(frame_at);
        store_.reset();
        look_.finals = frames;
    });
}

LiveClip::Look LiveClip::look() const {
    const std::lock_guard lock(mutex_);
    return look_;
}

MessagePtr LiveClip::progress_event() const {
    const std::lock_guard lock(mutex_);
    return progress_event_;
}

MessagePtr LiveClip::preview_event() const {
    const std::lock_guard lock(mutex_);
    return preview_event_;
}

std::shared_ptr<const Preview> LiveClip::preview() const {
    const std::lock_guard lock(mutex_);
    return preview_;
}

MessagePtr LiveClip::end_event() const {
    const std::lock_guard lock(mutex_);
    return end_event_;
}

std::shared_ptr<GrowingFile> LiveClip::growing_file() const {
    const std::lock_guard lock(mutex_);
    return growing_file_;
}

FramePtr LiveClip::final_frame(std::int64_t index) {
    FrameStore::ReadBack from_file;
    std::shared_ptr<FrameStore> store;
    {
        const std::lock_guard lock(mutex_);
        from_file = file_frames_;
        store = store_;
    }
    return from_file ? from_file(index) : store->get(index);
}

FramePtr LiveClip::draft_frame(std::int64_t index) {
    return drafts_.get(index);
}

double LiveClip::made_unix_ms(std::int64_t final_index) const {
    const std::lock_guard lock(mutex_);
    const auto at = static_cast<std::size_t>(final_index);
    return at < made_.size() ? made_[at] : 0;
}

} // namespace rushes::serve
