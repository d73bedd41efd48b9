#include "base/atomic_file.h"
#include "base/error.h"
#include "base/resample.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <vector>

namespace rushes {
namespace {

/// As in make_picture_fixtures.py.
Frame scene(int width, int height) {
    Frame frame{width, height, 3, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            for (int c = 0; c < 3; ++c) {
                frame.rgb.push_back(
                    static_cast<std::uint8_t>((x * 7 + y * 13 + c * 50 + (x * y) % 17 * 3) % 256)
                );
            }
        }
    }
    return frame;
}

nlohmann::json cases(const char* name) {
    const auto file = std::filesystem::path(RUSHES_TEST_DATA) / "media" / "fixtures" / "resample.json";
    return nlohmann::json::parse(read_file(file)).at(name);
}

void expect_case(const Frame& frame, const nlohmann::json& item) {
    EXPECT_EQ(frame.width, item.at("width"));
    EXPECT_EQ(frame.height, item.at("height"));
    EXPECT_EQ(frame.rgb, item.at("rgb").get<std::vector<std::uint8_t>>())
        << frame.width << "x" << frame.height << " " << item.value("kernel", "");
}

TEST(Resample, GivesTheBytesOfPillow) {
    const nlohmann::json all = cases("resampled");
    ASSERT_FALSE(all.empty());
    for (const nlohmann::json& item : all) {
        const Kernel kernel = item.at("kernel") == "lanczos" ? Kernel::lanczos : Kernel::bicubic;
        expect_case(resample(scene(37, 29), item.at("width"), item.at("height"), kernel), item);
    }
}

TEST(Resample, CropsLikeDiffusers) {
    const nlohmann::json all = cases("cropped");
    ASSERT_FALSE(all.empty());
    for (const nlohmann::json& item : all) {
        expect_case(crop_to(scene(37, 29), item.at("width"), item.at("height")), item);
    }
}

TEST(Resample, TheCropMovesFromOneEdgeToTheOther) {
    const Frame frame = scene(40, 20); // covering 20x10: ten columns too many
    const Frame whole = resample(frame, 20, 10, Kernel::lanczos);
    for (const auto& [at, left] :
         {std::pair(0.0, 0), std::pair(0.5, 5), std::pair(1.0, 10), std::pair(0.3, 3)}) {
        const Frame part = crop_to(frame, 10, 10, {.x = at, .y = 1});
        for (int y = 0; y < 10; ++y) {
            for (int i = 0; i < 30; ++i) {
                ASSERT_EQ(
                    part.rgb[static_cast<std::size_t>(y * 30 + i)],
                    whole.rgb[static_cast<std::size_t>(y * 60 + left * 3 + i)]
                ) << at;
            }
        }
    }
}

TEST(Resample, KeepsWhatNeedsNoChange) {
    EXPECT_EQ(resample(scene(37, 29), 37, 29, Kernel::lanczos).rgb, scene(37, 29).rgb);
    EXPECT_EQ(resample(scene(37, 29), 5, 29, Kernel::bicubic).index, 3);
}

TEST(Resample, RefusesWhatIsNoPicture) {
    EXPECT_THROW(resample(scene(3, 3), 0, 3, Kernel::lanczos), Error);
    EXPECT_THROW(resample(Frame{}, 3, 3, Kernel::lanczos), Error);
}

} // namespace
} // namespace rushes
