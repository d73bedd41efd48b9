#include "generation/frame_store.h"

#include <utility>

namespace rushes {

FrameStore::FrameStore(std::size_t max_bytes, ReadBack read_back)
    : max_bytes_(max_bytes), read_back_(std::move(read_back)) {}

void FrameStore::read_back_from(ReadBack read_back) {
    const std::lock_guard lock(mutex_);
    read_back_ = std::move(read_back);
}

void FrameStore::add(FramePtr frame) {
    const std::lock_guard lock(mutex_);
    bytes_ += frame->bytes();
    frames_.emplace(size_++, std::move(frame));
    // The newest frame stays, however large: the stage always has something to show.
    while (bytes_ > max_bytes_ && frames_.size() > 1) {
        bytes_ -= frames_.begin()->second->bytes();
        frames_.erase(frames_.begin());
    }
}

std::int64_t FrameStore::size() const {
    const std::lock_guard lock(mutex_);
    return size_;
}

FramePtr FrameStore::get(std::int64_t index) {
    ReadBack read_back;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = frames_.find(index); found != frames_.end()) {
            return found->second;
        }
        if (index < 0 || index >= size_) {
            return nullptr;
        }
        read_back = read_back_;
    }
    return read_back ? read_back(index) : nullptr;
}

FramePtr FrameStore::try_get(std::int64_t index) const {
    const std::lock_guard lock(mutex_);
    const auto found = frames_.find(index);
    return found == frames_.end() ? nullptr : found->second;
}

} // namespace rushes
