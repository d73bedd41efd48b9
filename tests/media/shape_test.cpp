#include "media/presets.h"
#include "media/target_file.h"
#include "media_testing.h"

#include <fstream>

namespace rushes {
namespace {

using namespace testing;

/// Left third red, middle green, right blue; the top quarter is white.
Frame flag(int width, int height, int index) {
    Frame frame{width, height, index, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const int third = 3 * x / width;
            for (int c = 0; c < 3; ++c) {
                frame.rgb.push_back(4 * y < height ? 255 : c == third ? 230 : 10);
            }
        }
    }
    return frame;
}

class Shape : public MediaTest {
protected:
    FramePtr shaped(
        int width,
        int height,
        int to_width,
        int to_height,
        Fit fit,
        const Maker& make = flag,
        const std::string& name = "clip.mkv"
    ) {
        ExportSettings settings;
        settings.width = to_width;
        settings.height = to_height;
        settings.fit = fit;
        return ClipReader(export_clip(folder_ / name, width, height, 2, settings, {12, 1}, make).path).at(1);
    }
};

void expect_near(
    const std::array<int, 3>& got, const std::array<int, 3>& wanted, int tolerance, const char* where
) {
    for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_NEAR(got[c], wanted[c], tolerance) << where << ", channel " << c;
    }
}

TEST_F(Shape, CropKeepsTheCentreAndTheWholeHeight) {
    const FramePtr frame = shaped(150, 96, 270, 480, Fit::crop);
    ASSERT_EQ(frame->width, 270);
    ASSERT_EQ(frame->height, 480);
    // 96 rows become 480 (5x), so 54 of 150 columns are seen: 48..102 with the thirds' borders at 50 and 100.
    expect_near(pixel(*frame, 135, 300), {10, 230, 10}, 8, "centre");
    expect_near(pixel(*frame, 20, 300), {10, 230, 10}, 8, "column 52");
    expect_near(pixel(*frame, 2, 300), {230, 10, 10}, 8, "column 48");
    expect_near(pixel(*frame, 267, 300), {10, 10, 230}, 8, "column 101");
    expect_near(pixel(*frame, 135, 60), {255, 255, 255}, 8, "top quarter");
}

TEST_F(Shape, PadIsBlackAroundTheWholePicture) {
    const FramePtr frame = shaped(150, 96, 300, 480, Fit::pad);
    // 150x96 doubled is 300x192: rows 144..335.
    expect_near(pixel(*frame, 150, 10), {0, 0, 0}, 1, "above");
    expect_near(pixel(*frame, 150, 470), {0, 0, 0}, 1, "below");
    expect_near(pixel(*frame, 150, 140), {0, 0, 0}, 1, "just above");
    expect_near(pixel(*frame, 150, 150), {255, 255, 255}, 8, "its top");
    expect_near(pixel(*frame, 20, 300), {230, 10, 10}, 8, "left");
    expect_near(pixel(*frame, 280, 330), {10, 10, 230}, 8, "right");
}

TEST_F(Shape, BlurIsADarkerSoftPictureAroundIt) {
    const FramePtr frame = shaped(150, 96, 300, 480, Fit::blur);
    expect_near(pixel(*frame, 150, 150), {255, 255, 255}, 8, "the clip");
    expect_near(pixel(*frame, 20, 300), {230, 10, 10}, 8, "the clip's left");
    const auto below = pixel(*frame, 150, 460);
    EXPECT_GT(below[1], 60) << "green shines through";
    EXPECT_LT(below[1], 160) << "but darker";
    // Soft: neighbours far below differ by little.
    for (int x = 1; x < 300; ++x) {
        EXPECT_NEAR(pixel(*frame, x, 440)[0], pixel(*frame, x - 1, 440)[0], 6) << x;
    }
}

TEST_F(Shape, TheSameInYuv) {
    const FramePtr frame = shaped(150, 96, 300, 480, Fit::pad, flag, "clip.mp4");
    expect_near(pixel(*frame, 150, 10), {0, 0, 0}, 3, "above");
    expect_near(pixel(*frame, 150, 140), {0, 0, 0}, 6, "just above");
    expect_near(pixel(*frame, 20, 300), {230, 10, 10}, 8, "left");
    expect_near(pixel(*frame, 280, 330), {10, 10, 230}, 8, "right");
}

TEST_F(Shape, FlatColoursDoNotDriftThroughScaling) {
    const Maker grey = [](int w, int h, int) { return plain(w, h, {90, 140, 200}); };
    for (const Fit fit : {Fit::crop, Fit::pad}) {
        for (const char* name : {"a.mkv", "a.mp4"}) {
            const FramePtr frame = shaped(160, 96, 1080, 1350, fit, grey, name);
            expect_near(pixel(*frame, 540, 675), {90, 140, 200}, 3, name);
        }
    }
}

TEST_F(Shape, LargeEnlargementDoesNotRing) {
    // A step from 60 to 200: what goes beyond is ringing.
    const FramePtr frame = shaped(160, 96, 1920, 1152, Fit::crop, [](int w, int h, int i) {
        Frame step = plain(w, h, {60, 60, 60});
        step.index = i;
        for (int y = 0; y < h; ++y) {
            for (int x = w / 2; x < w; ++x) {
                std::fill_n(step.rgb.begin() + (y * w + x) * 3, 3, std::uint8_t{200});
            }
        }
        return step;
    });
    int lowest = 255;
    int highest = 0;
    for (int x = 0; x < frame->width; ++x) {
        lowest = std::min(lowest, pixel(*frame, x, 500)[1]);
        highest = std::max(highest, pixel(*frame, x, 500)[1]);
    }
    EXPECT_GE(lowest, 60 - 7); // 5 % of the step
    EXPECT_LE(highest, 200 + 7);
}

TEST_F(Shape, EveryCombinationOfSizesWorks) {
    for (const auto& [w, h] : {std::pair{16, 96}, {97, 33}, {33, 97}, {1, 1}, {200, 40}}) {
        for (const auto& [to_w, to_h] : {std::pair{64, 64}, {63, 101}, {128, 17}, {16, 200}}) {
            for (const Fit fit : {Fit::crop, Fit::pad, Fit::blur}) {
                for (const char* name : {"a.mp4", "a.mkv"}) {
                    const FramePtr frame = shaped(w, h, to_w, to_h, fit, scene, name);
                    ASSERT_TRUE(frame);
                    const bool even = std::string(name) == "a.mp4";
                    EXPECT_EQ(frame->width, even ? to_w + to_w % 2 : to_w);
                    EXPECT_EQ(frame->height, even ? to_h + to_h % 2 : to_h);
                }
            }
        }
    }
}

TEST_F(Shape, PresetsNameSizes) {
    EXPECT_EQ(export_size(*find_preset("vertical"), 160, 96), (ExportSize{1080, 1920}));
    EXPECT_EQ(export_size(*find_preset("4x"), 160, 96), (ExportSize{640, 384}));
    EXPECT_EQ(export_size(*find_preset("native"), 160, 96), (ExportSize{}));
    EXPECT_EQ(find_preset("cinema"), nullptr);
}

TEST_F(Shape, SpaceIsCheckedBeforeTheWork) {
    EXPECT_NO_THROW(require_space(folder_ / "new" / "clip.mp4", estimated_bytes("clip.mp4", 160, 96, 36)));
    const Error error =
        error_of([&] { require_space(folder_ / "new" / "clip.mp4", std::uint64_t{1} << 60); });
    EXPECT_EQ(error.kind(), ErrorKind::resource);
    EXPECT_NE(std::string(error.what()).find("clip.mp4"), std::string::npos);
    EXPECT_FALSE(error.hint().empty());
    EXPECT_EQ(entries(), 0);
}

TEST_F(Shape, RenamingNeverReplaces) {
    std::ofstream(folder_ / "a") << "a";
    std::ofstream(folder_ / "b") << "b";
    EXPECT_FALSE(rename_to_unused(folder_ / "a", folder_ / "b"));
    EXPECT_TRUE(rename_to_unused(folder_ / "a", folder_ / "c"));
    EXPECT_FALSE(fs::exists(folder_ / "a"));
}

} // namespace
} // namespace rushes
