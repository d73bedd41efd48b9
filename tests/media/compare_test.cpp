#include "base/resample.h"
#include "media/compare_clips.h"
#include "media_testing.h"

#include <vector>

namespace rushes {
namespace {

using namespace testing;

class Compare : public MediaTest {};

std::vector<Frame> frames_of(const Maker& make, int count) {
    std::vector<Frame> frames;
    for (int i = 0; i < count; ++i) {
        frames.push_back(make(64, 48, i));
    }
    return frames;
}

/// The scene with more noise in every frame, and much in the fourth.
Frame noisy(int width, int height, int index) {
    Frame frame = scene(width, height, index);
    const Frame grain = noise(width, height, index);
    const int amount = index == 3 ? 4 : 64;
    for (std::size_t i = 0; i < frame.rgb.size(); ++i) {
        frame.rgb[i] = static_cast<std::uint8_t>(std::clamp(frame.rgb[i] + grain.rgb[i] / amount, 0, 255));
    }
    return frame;
}

TEST_F(Compare, SaysWhatTheFunctionsForWholeClipsSay) {
    ClipReader first(export_clip(folder_ / "a.mkv", 64, 48, 6).path);
    ClipReader second(export_clip(folder_ / "b.mkv", 64, 48, 6, {}, {12, 1}, noisy).path);
    first.next(); // both are read from the first frame on all the same
    double told = 0;
    const ClipComparison result = compare_clips(first, second, [&](double share) { told = share; });
    const std::vector<Frame> a = frames_of(scene, 6);
    const std::vector<Frame> b = frames_of(noisy, 6);
    EXPECT_EQ(result.frames, 6);
    EXPECT_NEAR(result.psnr, rushes::psnr(std::span<const Frame>(a), std::span<const Frame>(b)), 1e-6);
    EXPECT_NEAR(result.ssim, ssim(std::span<const Frame>(a), std::span<const Frame>(b)), 1e-9);
    EXPECT_NEAR(result.least_ssim, ssim(a[3], b[3]), 1e-9);
    EXPECT_EQ(result.least_frame, 3);
    int largest = 0;
    for (std::size_t i = 0; i < a[3].rgb.size(); ++i) { // the frame with much noise
        largest = std::max(largest, std::abs(a[3].rgb[i] - b[3].rgb[i]));
    }
    EXPECT_EQ(result.largest_difference, largest);
    EXPECT_NEAR(result.first.mean, flicker(a).mean, 1e-9);
    EXPECT_NEAR(result.second.mean, flicker(b).mean, 1e-9);
    EXPECT_GT(result.second.mean, result.first.mean);
    EXPECT_NEAR(result.first.static_share, flicker(a).static_share, 1e-9);
    EXPECT_EQ(told, 1);
}

TEST_F(Compare, AShorterClipEndsIt) {
    ClipReader first(export_clip(folder_ / "a.mkv", 64, 48, 6).path);
    ClipReader second(export_clip(folder_ / "b.mkv", 64, 48, 4).path);
    const ClipComparison result = compare_clips(first, second);
    EXPECT_EQ(result.frames, 4);
    EXPECT_TRUE(std::isinf(result.psnr));
    EXPECT_EQ(result.largest_difference, 0);
    EXPECT_NEAR(result.ssim, 1, 1e-12);
}

/// The scene and half of its size, whichever comes first.
TEST_F(Compare, OfTwoSizesOfOneShapeTheLargerIsMadeSmaller) {
    const auto halved = [](int, int, int index) {
        return resample(scene(64, 48, index), 32, 24, Kernel::lanczos);
    };
    ClipReader large(export_clip(folder_ / "a.mkv", 64, 48, 3).path);
    ClipReader small(export_clip(folder_ / "b.mkv", 32, 24, 3, {}, {12, 1}, halved).path);
    for (const bool large_first : {true, false}) {
        const ClipComparison result = compare_clips(large_first ? large : small, large_first ? small : large);
        EXPECT_EQ(result.width, 32);
        EXPECT_EQ(result.height, 24);
        EXPECT_TRUE(result.scaled);
        EXPECT_EQ(result.frames, 3);
        EXPECT_EQ(result.largest_difference, 0);
        EXPECT_NEAR(result.ssim, 1, 1e-12);
    }
}

TEST_F(Compare, ClipsOfTwoShapesAreRefused) {
    ClipReader first(export_clip(folder_ / "a.mkv", 64, 48, 2).path);
    ClipReader second(export_clip(folder_ / "b.mkv", 48, 48, 2).path);
    const Error error = error_of([&] { compare_clips(first, second); });
    EXPECT_EQ(error.kind(), ErrorKind::user);
    EXPECT_NE(std::string(error.what()).find("64x48 and 48x48"), std::string::npos) << error.what();
}

TEST_F(Compare, StopsWhenAskedTo) {
    ClipReader first(export_clip(folder_ / "a.mkv", 64, 48, 2).path);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(compare_clips(first, first, {}, stop.get_token()), Stopped);
}

} // namespace
} // namespace rushes
