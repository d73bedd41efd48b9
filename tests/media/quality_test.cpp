#include "base/atomic_file.h"
#include "base/error.h"
#include "media/quality.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rushes {
namespace {

using Value = std::function<int(int x, int y, int c)>;

Frame draw(int width, int height, const Value& value) {
    Frame frame{width, height, 0, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            for (int c = 0; c < 3; ++c) {
                frame.rgb.push_back(static_cast<std::uint8_t>(std::clamp(value(x, y, c), 0, 255)));
            }
        }
    }
    return frame;
}

/// As in make_quality_fixture.py.
int scene(int x, int y, int c) {
    return (x * 7 + y * 13 + c * 50 + (x * y) % 17 * 3) % 256;
}

Value noisy(int amount) {
    return [amount](int x, int y, int c) {
        const int noise = (x * 7919 + y * 104729 + c * 1299709 + x * y * 31) % (2 * amount + 1) - amount;
        return scene(x, y, c) + noise;
    };
}

Frame flat(int level) {
    return draw(16, 16, [level](int, int, int) { return level; });
}

TEST(Quality, AgreesWithAnIndependentImplementation) {
    const std::filesystem::path file =
        std::filesystem::path(RUSHES_TEST_DATA) / "media" / "fixtures" / "quality.json";
    const nlohmann::json expected = nlohmann::json::parse(read_file(file));
    const Frame frame = draw(37, 29, scene);
    const std::vector<std::pair<std::string, Value>> others = {
        {"noise_3", noisy(3)},
        {"noise_40", noisy(40)},
        {"shifted", [](int x, int y, int c) { return scene(x + 1, y, c); }},
        {"inverted", [](int x, int y, int c) { return 255 - scene(x, y, c); }},
    };
    ASSERT_EQ(expected.size(), others.size());
    for (const auto& [name, value] : others) {
        const Frame other = draw(37, 29, value);
        EXPECT_NEAR(psnr(frame, other), expected[name]["psnr"].get<double>(), 1e-9) << name;
        EXPECT_NEAR(ssim(frame, other), expected[name]["ssim"].get<double>(), 1e-9) << name;
    }
}

TEST(Quality, EqualFramesAreAsGoodAsCanBe) {
    const Frame frame = draw(20, 14, scene);
    EXPECT_EQ(psnr(frame, frame), INFINITY);
    EXPECT_NEAR(ssim(frame, frame), 1, 1e-12);
}

TEST(Quality, FlatFramesFollowTheFormulas) {
    // A difference of 10 levels everywhere; no structure, so SSIM is its luminance term alone.
    EXPECT_NEAR(psnr(flat(100), flat(110)), 10 * std::log10(255.0 * 255 / 100), 1e-12);
    const double c1 = 2.55 * 2.55;
    const double expected = (2.0 * 100 * 110 + c1) / (100.0 * 100 + 110.0 * 110 + c1);
    EXPECT_NEAR(ssim(flat(100), flat(110)), expected, 1e-9);
}

TEST(Quality, ClipsCountAllFrames) {
    const std::vector<Frame> a = {flat(100), flat(100)};
    const std::vector<Frame> b = {flat(100), flat(110)};
    EXPECT_NEAR(psnr(a, b), 10 * std::log10(255.0 * 255 / 50), 1e-12);
    EXPECT_NEAR(ssim(a, b), (1 + ssim(flat(100), flat(110))) / 2, 1e-12);
}

TEST(Quality, WhatCannotBeComparedIsRefused) {
    const Frame small = draw(10, 30, scene);
    EXPECT_THROW(ssim(small, small), Error);
    EXPECT_THROW(psnr(small, flat(1)), Error);
    EXPECT_THROW(ssim(small, flat(1)), Error);
    const std::vector<Frame> one = {flat(1)};
    const std::vector<Frame> two = {flat(1), flat(1)};
    EXPECT_THROW(psnr(one, two), Error);
    EXPECT_THROW(ssim(std::span<const Frame>(), std::span<const Frame>()), Error);
    EXPECT_THROW(flicker(std::vector<Frame>{flat(1), small}), Error);
}

/// A checkerboard of +-amount around grey, the other way round in every second frame.
std::vector<Frame> boiling(int amount) {
    std::vector<Frame> clip;
    for (int t = 0; t < 4; ++t) {
        clip.push_back(draw(24, 16, [=](int x, int y, int) {
            return 128 + ((x + y + t) % 2 == 0 ? amount : -amount);
        }));
    }
    return clip;
}

TEST(Flicker, IsTheMeanChangeOfWhatStandsStill) {
    const Flicker result = flicker(boiling(5));
    EXPECT_NEAR(result.mean, 10, 1e-12);
    EXPECT_NEAR(result.static_share, 1, 1e-12);
}

TEST(Flicker, AStillClipHasNone) {
    const Flicker result = flicker(std::vector<Frame>(3, draw(24, 16, scene)));
    EXPECT_EQ(result.mean, 0);
    EXPECT_EQ(result.static_share, 1);
}

TEST(Flicker, MovementIsNotFlicker) {
    // A white bar of 8 columns jumps by 8 over black: two of the three blocks of a row move.
    std::vector<Frame> clip;
    for (int t = 0; t < 2; ++t) {
        clip.push_back(draw(24, 16, [t](int x, int, int) { return x / 8 == t ? 255 : 0; }));
    }
    const Flicker result = flicker(clip);
    EXPECT_EQ(result.mean, 0);
    EXPECT_NEAR(result.static_share, 1.0 / 3, 1e-12);
}

TEST(Flicker, NeedsTwoFrames) {
    EXPECT_EQ(flicker({}).static_share, 0);
    EXPECT_EQ(flicker(std::vector<Frame>{flat(1)}).mean, 0);
}

} // namespace
} // namespace rushes
