// Clips told apart and found again by what they look like.
#include "library/clip_look.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace rushes {
namespace {

/// A bright disk on its way over a graded background.
struct Scene {
    double x = 0.3; ///< of the disk, at the start, 0..1
    double y = 0.4;
    double dx = 0.3; ///< until the end
    std::array<double, 3> colour{220, 60, 50};
    std::array<double, 3> background{90, 130, 190};
};

constexpr int frames_of_all = 33;

/// What is seen through a window of the scene (its edges, 0..1), in so many pixels; `noise`: levels, as a
/// bad encoder leaves them.
struct Camera {
    double left = 0;
    double right = 1;
    double top = 0;
    double bottom = 1;
    int width = 224;
    int height = 128;
    double noise = 0;
};

FramePtr picture(const Scene& scene, const Camera& camera, std::int64_t index) {
    auto frame = std::make_shared<Frame>();
    frame->width = camera.width;
    frame->height = camera.height;
    std::mt19937 random(static_cast<unsigned>(index));
    std::normal_distribution<double> noise(0, 1);
    const double time = static_cast<double>(index) / (frames_of_all - 1);
    for (int row = 0; row < camera.height; ++row) {
        for (int column = 0; column < camera.width; ++column) {
            const double x = camera.left + (camera.right - camera.left) * (column + 0.5) / camera.width;
            const double y = camera.top + (camera.bottom - camera.top) * (row + 0.5) / camera.height;
            const double away = std::hypot((x - scene.x - scene.dx * time) * 1.75, y - scene.y);
            for (std::size_t c = 0; c < 3; ++c) {
                const double level = away < 0.18 ? scene.colour[c] : scene.background[c] * (0.6 + 0.6 * y);
                const double value = level + camera.noise * noise(random);
                frame->rgb.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
            }
        }
    }
    return frame;
}

ClipLook look(const Scene& scene, const Camera& camera = {}, int frames = frames_of_all) {
    const auto at = [&](std::int64_t i) { return picture(scene, camera, i * frames_of_all / frames); };
    return look_of_clip(frames, at).value();
}

TEST(ClipLook, StaysWithTheClipWhateverAPlatformDoesToIt) {
    const Scene scene;
    const ClipLook whole = look(scene);
    EXPECT_DOUBLE_EQ(difference(whole, whole), 0);
    const std::pair<const char*, Camera> seen[] = {
        {"smaller", {.width = 96, .height = 55}},
        {"larger and noisy", {.width = 640, .height = 366, .noise = 12}},
        {"tall, out of the middle", {.left = 0.34, .right = 0.66, .width = 72, .height = 128, .noise = 6}},
        {"square, from the left", {.left = 0, .right = 0.571, .width = 128, .height = 128, .noise = 6}},
        {"square, off the middle", {.left = 0.13, .right = 0.701, .width = 480, .height = 480}},
        {"4 % cut off on every side", {.left = 0.04, .right = 0.96, .top = 0.04, .bottom = 0.96, .noise = 6}},
        {"8 %", {.left = 0.08, .right = 0.92, .top = 0.08, .bottom = 0.92, .width = 448, .height = 256}},
        {"tall, and 5 % off above and below",
         {.left = 0.36, .right = 0.64, .top = 0.05, .bottom = 0.95, .width = 70, .height = 128, .noise = 6}},
        {"very wide", {.top = 0.2, .bottom = 0.8, .width = 224, .height = 77, .noise = 6}},
    };
    for (const auto& [what, camera] : seen) {
        EXPECT_LT(difference(whole, look(scene, camera)), most_difference_of_same) << what;
    }
    EXPECT_LT(difference(whole, look(scene, {}, 82)), most_difference_of_same) << "at 30 frames a second";
}

TEST(ClipLook, IsAnotherOneForAnotherClip) {
    const ClipLook whole = look({});
    const std::pair<const char*, Scene> others[] = {
        {"another colour", {.colour = {60, 70, 220}}},
        {"another way", {.dx = -0.25}},
        {"another place", {.y = 0.75}},
        {"another background", {.background = {160, 140, 90}}},
    };
    for (const auto& [what, scene] : others) {
        EXPECT_GT(difference(whole, look(scene)), most_difference_of_same) << what;
        const Camera tall{.left = 0.2, .right = 0.52, .width = 72, .height = 128};
        EXPECT_GT(difference(whole, look(scene, tall)), most_difference_of_same) << what << ", tall";
    }
    EXPECT_GT(difference(whole, look({}, {.left = 1, .right = 0})), most_difference_of_same) << "mirrored";
}

TEST(ClipLook, IsNotGuessedFromAStrip) {
    const ClipLook strip = look({}, {.left = 0.4, .right = 0.5, .width = 22, .height = 128});
    EXPECT_GT(difference(look({}), strip), 1000);
}

TEST(ClipLook, SaysLightAndColourAsTheStandardDoes) {
    Frame red;
    red.width = 2;
    red.height = 1;
    red.rgb = {255, 0, 0, 255, 0, 0};
    const LookPicture picture = look_of(red);
    // ITU-R BT.709 with 8 bits and full range: 0.2126 * 255; 128 - 0.2126 / 1.8556 * 255; 128 + 0.5 * 255.
    EXPECT_EQ(picture.light.front(), 54);
    EXPECT_EQ(picture.blue.back(), 99);
    EXPECT_EQ(picture.red.front(), 255);
}

TEST(ClipLook, KeepsItsBytes) {
    const ClipLook whole = look({});
    EXPECT_EQ(look_from_bytes(to_bytes(whole)), whole);
    EXPECT_FALSE(look_from_bytes("")) << "nothing";
    EXPECT_FALSE(look_from_bytes(to_bytes(whole).substr(1))) << "a byte too few";
    EXPECT_FALSE(look_from_bytes(to_bytes({}))) << "of no size";
}

TEST(ClipLook, WantsFramesThatCanBeRead) {
    EXPECT_FALSE(look_of_clip(9, [](std::int64_t) -> FramePtr { return nullptr; }));
    EXPECT_TRUE(look_of_clip(1, [](std::int64_t index) { return picture({}, {}, index); })) << "a still";
}

} // namespace
} // namespace rushes
