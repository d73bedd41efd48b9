// What the stage shows: one clip, finished or growing. Its pictures are pulled at the stage's own pace;
// nothing here waits for a file or an engine.
#pragma once

#include "generation/engine.h"
#include "generation/frame_store.h"

#include <cstdint>
#include <map>
#include <memory>

namespace rushes::ui {

enum class PictureKind { none, draft, preview, final_frame };

struct StagePicture {
    FramePtr frame;
    PictureKind kind = PictureKind::none;
};

struct ClipShape {
    int width = 0;
    int height = 0;
    std::int64_t frames = 0;       ///< of the whole clip
    std::int64_t draft_frames = 0; ///< of the whole quick pass; 0: there is none
    FrameRate rate;
};

/// Belongs to the UI thread, except the stores, which are filled from elsewhere.
class StageClip {
public:
    /// `store`: final frames. `draft`: those of the quick pass first, may be null.
    StageClip(ClipShape shape, std::shared_ptr<FrameStore> store, std::shared_ptr<FrameStore> draft = {});

    const ClipShape& shape() const { return shape_; }

    const std::shared_ptr<FrameStore>& store() const { return store_; }

    bool growing() const { return growing_; }

    /// No more frames will come; the clip is as long as what exists.
    void finish();

    /// A clip read from disk may turn out shorter or longer than its record says.
    void setFrames(std::int64_t frames) { shape_.frames = frames; }

    void addPreview(Preview preview);

    std::int64_t finalFrames() const { return store_->size(); }

    /// Frames of which some picture exists, from the left: final, preview or draft.
    std::int64_t coveredFrames() const;

    bool hasPicture() const { return coveredFrames() > 0; }

    /// The best picture of a frame that is in memory now.
    StagePicture pictureAt(std::int64_t index) const;
    /// True when the frame exists but only on disk: somebody has to fetch it.
    bool mustFetch(std::int64_t index) const;
    /// Keeps a fetched frame at hand (a few of them).
    void keep(FramePtr frame);

private:
    std::int64_t inDraft(std::int64_t index) const;

    bool previewsOfDraft() const { return !previews_.empty() && previews_.begin()->second.draft; }

    const FramePtr* previewAt(std::int64_t index) const;

    ClipShape shape_;
    std::shared_ptr<FrameStore> store_;
    std::shared_ptr<FrameStore> draft_;
    std::map<int, Preview> previews_; ///< by first frame; those of the draft pass go when final ones come
    std::map<std::int64_t, FramePtr> fetched_;
    bool growing_ = true;
};

} // namespace rushes::ui
