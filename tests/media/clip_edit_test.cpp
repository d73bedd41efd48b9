// Clips made of clips, decoded again and compared frame by frame.
#include "base/resample.h"
#include "media/clip_edit.h"
#include "media/media_testing.h"

namespace rushes::testing {
namespace {

class ClipEditTest : public MediaTest {
protected:
    /// Lossless, so that frames come back byte by byte.
    fs::path clip(
        const char* name, int frames, int seed = 0, int width = 32, int height = 16, FrameRate rate = {12, 1}
    ) {
        const auto make = [seed](int w, int h, int i) { return noise(w, h, seed + i); };
        return export_clip(folder_ / name, width, height, frames, {}, rate, make).path;
    }

    std::vector<Frame> edited(const ClipEdit& edit) {
        const fs::path target = folder_ / "edited.mkv";
        const ExportResult written = write_edit(edit, plan_edit(edit), target, {}, example_recipe);
        std::vector<Frame> frames;
        ClipReader reader(written.path);
        while (const FramePtr frame = reader.next()) {
            frames.push_back(*frame);
        }
        fs::remove(written.path);
        return frames;
    }

    /// Of the noise that every frame was drawn with.
    static void expect_noises(const std::vector<Frame>& frames, const std::vector<int>& seeds) {
        ASSERT_EQ(frames.size(), seeds.size());
        for (std::size_t i = 0; i < seeds.size(); ++i) {
            EXPECT_EQ(frames[i].rgb, noise(32, 16, seeds[i]).rgb) << i;
        }
    }
};

TEST_F(ClipEditTest, ATrimKeepsExactlyTheFramesFromInToOut) {
    const fs::path source = clip("a.mkv", 10);
    expect_noises(edited({{{source, 3, 6}}}), {3, 4, 5, 6});
    expect_noises(edited({{{source, 8, {}}}}), {8, 9});
    expect_noises(edited({{{source, 9, 9}}}), {9});
    expect_noises(
        [&] {
            std::vector<Frame> all;
            ClipReader reader(source);
            while (const FramePtr frame = reader.next()) {
                all.push_back(*frame);
            }
            return all;
        }(),
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
    ); // the original is untouched
}

TEST_F(ClipEditTest, ForwardsAndBackwardsShowsNoTurningPointTwice) {
    const fs::path source = clip("a.mkv", 80); // more than is read backwards at once
    const std::vector<Frame> frames = edited({{{source, 2, 79}}, Loop::back});
    std::vector<int> seeds;
    for (int i = 2; i <= 79; ++i) {
        seeds.push_back(i);
    }
    for (int i = 78; i >= 3; --i) {
        seeds.push_back(i);
    }
    expect_noises(frames, seeds);
}

TEST_F(ClipEditTest, TheEndFadesIntoTheStart) {
    const fs::path source = clip("a.mkv", 10);
    const std::vector<Frame> frames = edited({{{source, 1, 8}}, Loop::fade, 3});
    ASSERT_EQ(frames.size(), 5U);
    EXPECT_EQ(frames[0].rgb, noise(32, 16, 4).rgb); // follows on what the last one is nearly
    EXPECT_EQ(frames[1].rgb, noise(32, 16, 5).rgb);
    for (int i = 0; i < 3; ++i) {
        const Frame out = noise(32, 16, 6 + i);
        const Frame in = noise(32, 16, 1 + i);
        const Frame& mixed = frames[2 + static_cast<std::size_t>(i)];
        for (std::size_t b = 0; b < mixed.rgb.size(); ++b) {
            ASSERT_NEAR(mixed.rgb[b], (out.rgb[b] * (3 - i) + in.rgb[b] * (1 + i)) / 4.0, 0.51) << i;
        }
    }
}

TEST_F(ClipEditTest, AFadeNeedsTwiceItsLength) {
    const fs::path source = clip("a.mkv", 10);
    EXPECT_NO_THROW(plan_edit({{{source, 0, {}}}, Loop::fade, 5}));
    const Error error = error_of([&] { plan_edit({{{source, 0, {}}}, Loop::fade, 6}); });
    EXPECT_EQ(error.kind(), ErrorKind::user);
    EXPECT_NE(std::string(error.what()).find("12 frames"), std::string::npos) << error.what();
    EXPECT_EQ(error_of([&] { plan_edit({{{source, 4, 4}}, Loop::back}); }).kind(), ErrorKind::user);
    EXPECT_EQ(usual_fade(10, {12, 1}), 3);
    EXPECT_EQ(usual_fade(100, {12, 1}), 6);
    EXPECT_EQ(usual_fade(2, {12, 1}), 1);
}

TEST_F(ClipEditTest, ClipsAreJoinedInTheirOrder) {
    const fs::path a = clip("a.mkv", 3, 100);
    const fs::path b = clip("b.mkv", 2, 200);
    expect_noises(edited({{{b, 0, {}}, {a, 1, 2}, {b, 0, 0}}}), {200, 201, 101, 102, 200});
    expect_noises(edited({{{a, 0, 1}, {b, 0, {}}}, Loop::back}), {100, 101, 200, 201, 200, 101});
}

TEST_F(ClipEditTest, AnotherFrameRateLastsAsLongAsBefore) {
    const fs::path a = clip("a.mkv", 2, 100);
    const fs::path slow = clip("slow.mkv", 2, 200, 32, 16, {6, 1});
    const fs::path quick = clip("quick.mkv", 4, 300, 32, 16, {24, 1});
    expect_noises(
        edited({{{a, 0, {}}, {slow, 0, {}}, {quick, 0, {}}}}), {100, 101, 200, 200, 201, 201, 300, 302}
    );
}

TEST_F(ClipEditTest, OtherSizesAreRefusedOrFillTheFirstOnes) {
    const fs::path a = clip("a.mkv", 1, 100);
    const fs::path tall = clip("tall.mkv", 1, 200, 16, 32);
    const Error error = error_of([&] { plan_edit({{{a, 0, {}}, {tall, 0, {}}}}); });
    EXPECT_EQ(std::string(error.what()), "'tall.mkv' has 16x32 pixels, the first clip 32x16.");
    const ClipEdit fitted{{{a, 0, {}}, {tall, 0, {}}}, Loop::none, 0, true};
    EXPECT_EQ(plan_edit(fitted).fitted, 1);
    const std::vector<Frame> frames = edited(fitted);
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(frames[1].rgb, crop_to(noise(16, 32, 200), 32, 16).rgb);
}

TEST_F(ClipEditTest, MarksOutsideOfTheClipAreRefused) {
    const fs::path a = clip("a.mkv", 5);
    for (const ClipPart& part : std::vector<ClipPart>{{a, 0, 5}, {a, -1, 2}, {a, 3, 2}, {a, 5, {}}}) {
        EXPECT_NE(
            std::string(error_of([&] { plan_edit({{part}}); }).what()).find("frames 0 to 4"),
            std::string::npos
        );
    }
}

TEST_F(ClipEditTest, WhatIsStoppedLeavesNothingBehind) {
    const fs::path a = clip("a.mkv", 8);
    const ClipEdit edit{{{a, 0, {}}}, Loop::back};
    std::stop_source stop;
    int told = 0;
    const auto done = [&](double) {
        if (++told == 3) {
            stop.request_stop();
        }
    };
    EXPECT_THROW(
        write_edit(edit, plan_edit(edit), folder_ / "b.mp4", {}, example_recipe, done, stop.get_token()),
        Stopped
    );
    EXPECT_EQ(told, 3);
    EXPECT_EQ(entries(), 1);
}

} // namespace
} // namespace rushes::testing
