#include "stage/progress_line.h"
#include "stage/stage_clip.h"
#include "stage/time_line.h"

#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

FramePtr frameAt(std::int64_t index, std::size_t bytes = 3) {
    auto frame = std::make_shared<Frame>();
    frame->width = 1;
    frame->height = 1;
    frame->index = index;
    frame->rgb.resize(bytes);
    return frame;
}

/// As a model's lattice lays them: the first latent frame stands for one frame, the others for `stride`.
Preview previewOf(int latents, int stride, bool draft = false) {
    Preview preview;
    preview.draft = draft;
    for (int i = 0; i < latents; ++i) {
        preview.pictures.push_back(frameAt(i == 0 ? 0 : (i - 1) * stride + 1));
    }
    preview.end_frame = (latents - 1) * stride + 1;
    return preview;
}

class StageClipTest : public ::testing::Test {
protected:
    std::shared_ptr<FrameStore> store_ = std::make_shared<FrameStore>(std::size_t{1} << 20);
    std::shared_ptr<FrameStore> draft_ = std::make_shared<FrameStore>(std::size_t{1} << 20);
    StageClip clip_{{160, 96, 33, 9, {12, 1}}, store_, draft_};
};

TEST_F(StageClipTest, HasNothingAtFirst) {
    EXPECT_FALSE(clip_.hasPicture());
    EXPECT_EQ(clip_.pictureAt(0).kind, PictureKind::none);
}

TEST_F(StageClipTest, TheDraftStandsForTheWholeTime) {
    for (int i = 0; i < 9; ++i) {
        draft_->add(frameAt(i));
    }
    EXPECT_EQ(clip_.coveredFrames(), 33);
    EXPECT_EQ(clip_.pictureAt(0).frame->index, 0);
    EXPECT_EQ(clip_.pictureAt(32).frame->index, 8);
    EXPECT_EQ(clip_.pictureAt(16).kind, PictureKind::draft);
}

TEST_F(StageClipTest, AGrowingDraftCoversItsPart) {
    for (int i = 0; i < 3; ++i) {
        draft_->add(frameAt(i));
    }
    EXPECT_EQ(clip_.coveredFrames(), 11); // 3 of 9, of 33
}

TEST_F(StageClipTest, FramesOfTheDraftReplaceItsPreviews) {
    clip_.addPreview(previewOf(3, 4, true)); // all 9 frames of the draft
    EXPECT_EQ(clip_.coveredFrames(), 33);
    EXPECT_EQ(clip_.pictureAt(0).kind, PictureKind::preview);
    EXPECT_EQ(clip_.pictureAt(0).frame->index, 0);
    EXPECT_EQ(clip_.pictureAt(32).frame->index, 5); // of the draft's frames 5 to 8
    for (int i = 0; i < 3; ++i) {
        draft_->add(frameAt(i));
    }
    EXPECT_EQ(clip_.pictureAt(0).kind, PictureKind::draft);
    EXPECT_EQ(clip_.pictureAt(10).frame->index, 2);
    EXPECT_EQ(clip_.pictureAt(32).frame->index, 5) << "not decoded yet";
    clip_.addPreview(previewOf(9, 4));
    EXPECT_EQ(clip_.pictureAt(0).kind, PictureKind::preview) << "of the final pass";
}

TEST_F(StageClipTest, FinalFramesReplaceFromTheLeft) {
    draft_->add(frameAt(0));
    clip_.addPreview(previewOf(5, 4));
    store_->add(frameAt(0));
    EXPECT_EQ(clip_.pictureAt(0).kind, PictureKind::final_frame);
    EXPECT_EQ(clip_.pictureAt(1).kind, PictureKind::preview);
    EXPECT_EQ(clip_.pictureAt(1).frame->index, 1);
    EXPECT_EQ(clip_.pictureAt(4).frame->index, 1);
    EXPECT_EQ(clip_.pictureAt(5).frame->index, 5);
    EXPECT_EQ(clip_.pictureAt(16).frame->index, 13);
    EXPECT_EQ(clip_.pictureAt(17).kind, PictureKind::draft); // beyond the preview
}

TEST_F(StageClipTest, PreviewsOfTheFinalPassEndThoseOfTheDraft) {
    clip_.addPreview(previewOf(9, 4, true));
    clip_.addPreview(previewOf(1, 4));
    EXPECT_EQ(clip_.coveredFrames(), 1);
}

/// A block-by-block model's first block is one frame; it must not stand for those that nobody has seen.
TEST_F(StageClipTest, TheFirstLatentFrameStandsForOneFrame) {
    clip_.addPreview(previewOf(1, 4));
    EXPECT_EQ(clip_.coveredFrames(), 1);
    EXPECT_EQ(clip_.pictureAt(0).kind, PictureKind::preview);
    EXPECT_EQ(clip_.pictureAt(1).kind, PictureKind::none);
}

TEST(StillClip, ItsPreviewIsItsOneFrame) {
    StageClip still({160, 96, 1, 0, {12, 1}}, std::make_shared<FrameStore>(std::size_t{1} << 20));
    still.addPreview(previewOf(1, 4));
    EXPECT_EQ(still.coveredFrames(), 1);
    EXPECT_EQ(still.pictureAt(0).kind, PictureKind::preview);
}

TEST_F(StageClipTest, AStoppedClipIsAsLongAsWhatExists) {
    draft_->add(frameAt(0));
    for (int i = 0; i < 7; ++i) {
        store_->add(frameAt(i));
    }
    clip_.finish();
    EXPECT_FALSE(clip_.growing());
    EXPECT_EQ(clip_.shape().frames, 7);
    EXPECT_EQ(clip_.coveredFrames(), 7);
}

TEST(StageClipMemory, FetchedFramesStandInForDroppedOnes) {
    const auto store = std::make_shared<FrameStore>(std::size_t{2500});
    StageClip clip({1, 1, 5, 0, {12, 1}}, store);
    for (int i = 0; i < 5; ++i) {
        store->add(frameAt(i, 1000));
    }
    ASSERT_TRUE(clip.mustFetch(0));
    EXPECT_EQ(clip.pictureAt(0).kind, PictureKind::none);
    clip.keep(frameAt(0));
    EXPECT_EQ(clip.pictureAt(0).kind, PictureKind::final_frame);
    EXPECT_FALSE(clip.mustFetch(0));
    EXPECT_FALSE(clip.mustFetch(4));
}

TEST(TimeCode, IsSecondsAndFrames) {
    EXPECT_EQ(timeCode(0, 12).toStdString(), "0:00.0");
    EXPECT_EQ(timeCode(11, 12).toStdString(), "0:00.9");
    EXPECT_EQ(timeCode(39, 12).toStdString(), "0:03.2");
    EXPECT_EQ(timeCode(30, 29.97).toStdString(), "0:01.0");
    EXPECT_EQ(timeCode(39, 12, TimeUnit::frames).toStdString(), "39");
    EXPECT_EQ(timeCode(39, 12, TimeUnit::timecode).toStdString(), "00:00:03:03");
    EXPECT_EQ(timeCode(3601 * 25 + 24, 25, TimeUnit::timecode).toStdString(), "01:00:01:24");
    EXPECT_EQ(timeUnitOf(QStringLiteral("timecode")), TimeUnit::timecode);
}

TEST(PhaseWords, ReadLikeASentence) {
    Progress progress;
    EXPECT_EQ(phaseWords(progress).toStdString(), "Loading model");
    progress.phase = Phase::denoising;
    progress.step = 3;
    progress.steps = 20;
    progress.blocks = 1;
    EXPECT_EQ(phaseWords(progress).toStdString(), "Step 3 of 20");
    progress.block = 5;
    progress.blocks = 7;
    EXPECT_EQ(phaseWords(progress).toStdString(), "Block 5 of 7");
    progress.draft = true;
    EXPECT_EQ(phaseWords(progress).toStdString(), "Draft · Block 5 of 7");
}

} // namespace
} // namespace rushes::ui
