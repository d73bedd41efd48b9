#include "serve/broadcast.h"

#include <algorithm>

namespace rushes::serve {

Broadcast::Broadcast(std::function<void(const std::string& job)> changed) : changed_(std::move(changed)) {}

std::shared_ptr<LiveClip>
Broadcast::begin(const std::string& job, ClipShape shape, std::shared_ptr<FrameStore> store) {
    auto clip = std::make_shared<LiveClip>(job, shape, [this, job] { changed_(job); }, std::move(store));
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(clips_, [&](const auto& known) { return known->job() == job; });
        clips_.push_back(clip);
        // Clips that nobody watches go first, then the oldest; one that is still made stays.
        while (clips_.size() > ended_kept) {
            auto oldest = std::ranges::find_if(clips_, [](const auto& known) {
                return known->look().ended && known->viewers() == 0;
            });
            if (oldest == clips_.end()) {
                oldest = std::ranges::find_if(clips_, [](const auto& known) { return known->look().ended; });
            }
            if (oldest == clips_.end()) {
                break;
            }
            clips_.erase(oldest);
        }
    }
    changed_(job);
    return clip;
}

std::shared_ptr<LiveClip> Broadcast::find(const std::string& job) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(clips_, [&](const auto& clip) { return clip->job() == job; });
    return found == clips_.end() ? nullptr : *found;
}

void Broadcast::end(const std::string& job, const std::string& event) {
    auto clip = find(job);
    if (clip == nullptr) {
        clip = begin(job, {});
    }
    clip->end(event);
    queue_changed();
}

int Broadcast::viewers() const {
    const std::lock_guard lock(mutex_);
    int all = 0;
    for (const auto& clip : clips_) {
        all += clip->viewers();
    }
    return all;
}

} // namespace rushes::serve
