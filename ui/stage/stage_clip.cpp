#include "stage/stage_clip.h"

#include <algorithm>

namespace rushes::ui {

namespace {

constexpr std::size_t fetched_kept = 48;

} // namespace

StageClip::StageClip(ClipShape shape, std::shared_ptr<FrameStore> store, std::shared_ptr<FrameStore> draft)
    : shape_(shape), store_(std::move(store)), draft_(std::move(draft)) {}

void StageClip::finish() {
    growing_ = false;
    previews_.clear();
    if (store_->size() > 0) {
        shape_.frames = store_->size();
        draft_.reset();
    }
}

void StageClip::addPreview(Preview preview) {
    if (!growing_ || preview.pictures.empty()) {
        return;
    }
    if (!preview.draft) {
        std::erase_if(previews_, [](const auto& entry) { return entry.second.draft; });
    }
    previews_.insert_or_assign(preview.first_frame, std::move(preview));
}

std::int64_t StageClip::inDraft(std::int64_t index) const {
    // The draft shows the same stretch of time with fewer frames.
    const std::int64_t whole = std::max<std::int64_t>(shape_.draft_frames, 1);
    return index * whole / std::max<std::int64_t>(shape_.frames, 1);
}

const FramePtr* StageClip::previewAt(std::int64_t index) const {
    const std::int64_t place = previewsOfDraft() ? inDraft(index) : index;
    const auto after = previews_.upper_bound(static_cast<int>(place));
    if (after == previews_.begin()) {
        return nullptr;
    }
    const Preview& preview = std::prev(after)->second;
    if (place >= preview.end_frame) {
        return nullptr;
    }
    const auto next = std::ranges::upper_bound(preview.pictures, place, {}, [](const FramePtr& picture) {
        return picture->index;
    });
    return next == preview.pictures.begin() ? nullptr : &*std::prev(next);
}

std::int64_t StageClip::coveredFrames() const {
    std::int64_t covered = store_->size();
    if (draft_ && draft_->size() > 0) {
        const std::int64_t whole = std::max(shape_.draft_frames, draft_->size());
        covered = std::max(covered, shape_.frames * draft_->size() / whole);
    }
    for (const auto& [first, preview] : previews_) {
        if (preview.draft) {
            const std::int64_t whole = std::max<std::int64_t>(shape_.draft_frames, 1);
            covered = std::max(covered, shape_.frames * preview.end_frame / whole);
        } else if (first <= covered) {
            covered = std::max<std::int64_t>(covered, preview.end_frame);
        }
    }
    return std::min(covered, shape_.frames);
}

StagePicture StageClip::pictureAt(std::int64_t index) const {
    if (index < store_->size()) {
        FramePtr frame = store_->try_get(index);
        if (!frame) {
            const auto found = fetched_.find(index);
            frame = found == fetched_.end() ? nullptr : found->second;
        }
        return {frame, frame ? PictureKind::final_frame : PictureKind::none};
    }
    // What the draft decoded is sharper than its own previews; those of the final pass are nearer to the
    // clip.
    const std::int64_t drafted = draft_ ? draft_->size() : 0;
    const bool beyond_previews = previewsOfDraft() && inDraft(index) < drafted;
    if (const FramePtr* preview = beyond_previews ? nullptr : previewAt(index)) {
        return {*preview, PictureKind::preview};
    }
    if (drafted > 0) {
        return {draft_->try_get(std::min(inDraft(index), drafted - 1)), PictureKind::draft};
    }
    return {};
}

bool StageClip::mustFetch(std::int64_t index) const {
    return index >= 0 && index < store_->size() && !fetched_.contains(index) && !store_->try_get(index);
}

void StageClip::keep(FramePtr frame) {
    const std::int64_t index = frame->index;
    fetched_[index] = std::move(frame);
    while (fetched_.size() > fetched_kept) {
        // The one farthest from here is needed last.
        const bool front_far = index - fetched_.begin()->first > fetched_.rbegin()->first - index;
        fetched_.erase(front_far ? fetched_.begin() : std::prev(fetched_.end()));
    }
}

} // namespace rushes::ui
