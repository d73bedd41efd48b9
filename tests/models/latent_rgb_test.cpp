#include "base/atomic_file.h"
#include "models/latent_rgb.h"
#include "support/parity.h"

#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t channels = 5;

/// A world in which colours are a linear map of latents, so that the fit has a right answer.
struct LinearWorld {
    at::Tensor weight =
        at::tensor({0.1, 0.0, 0.05, 0.0, 0.02, 0.0, 0.12, 0.0, -0.05, 0.0, -0.1, 0.0, 0.0, 0.0, 0.1})
            .to(at::kFloat)
            .view({3, channels});
    at::Tensor bias = at::tensor({0.5, 0.4, 0.6}).to(at::kFloat);

    /// [4, 4h, 4w, 3] for latent [1, C, 1, h, w].
    at::Tensor decode(const at::Tensor& latent) const {
        const at::Tensor colours =
            at::linear(latent.select(0, 0).select(1, 0).permute({1, 2, 0}), weight, bias);
        const at::Tensor bytes = colours.clamp(0, 1).mul(255).round().to(at::kByte);
        return bytes.repeat_interleave(4, 0).repeat_interleave(4, 1).unsqueeze(0).repeat({4, 1, 1, 1});
    }
};

class LatentRgbFit : public testing::Test {
protected:
    void TearDown() override { fs::remove_all(folder_); }

    const fs::path folder_ = fs::temp_directory_path() / ("rushes-latent-rgb-" + std::to_string(::getpid()));
    const fs::path cache_ = folder_ / "map.json";
    const LinearWorld world_;
    const at::Tensor shown_ = at::randn({1, channels, 2, 6, 7});

    void expect_true_colours(const LatentRgb& map) const {
        const at::Tensor expected =
            at::linear(shown_.squeeze(0).permute({1, 2, 3, 0}), world_.weight, world_.bias);
        const at::Tensor error = map.pictures(shown_).to(at::kFloat) - expected.clamp(0, 1) * 255;
        EXPECT_LT(error.abs().max().item<float>(), 2.5F);
    }
};

TEST_F(LatentRgbFit, AGivenMapIsApplied) {
    const LatentRgb map(world_.weight, world_.bias);
    EXPECT_FALSE(map.wants_pairs());
    const at::Tensor pictures = map.pictures(shown_);
    EXPECT_EQ(pictures.sizes(), at::IntArrayRef({2, 6, 7, 3}));
    EXPECT_EQ(pictures.scalar_type(), at::kByte);
    expect_true_colours(map);
}

TEST_F(LatentRgbFit, IsGreyUntilFramesWereDecodedThenHasTheirColours) {
    LatentRgb map(channels, cache_);
    const at::Tensor grey = map.pictures(shown_);
    EXPECT_TRUE(at::equal(grey.select(3, 0), grey.select(3, 2)));
    EXPECT_GT(grey.to(at::kFloat).std().item<float>(), 20);
    ASSERT_TRUE(map.wants_pairs());
    for (int i = 0; i < 21; ++i) {
        const at::Tensor latent = at::randn({1, channels, 1, 6, 7});
        map.observe(latent, world_.decode(latent));
    }
    EXPECT_FALSE(map.wants_pairs());
    expect_true_colours(map);

    const LatentRgb later(channels, cache_);
    EXPECT_FALSE(later.wants_pairs());
    expect_true_colours(later);
}

TEST_F(LatentRgbFit, ADamagedCacheFileIsAsGoodAsNone) {
    for (const char* text :
         {"", "{}", R"({"weight": [1, 2], "bias": [0, 0, 0], "complete": true})", R"({"weight": "x"})"}) {
        write_file(cache_, text);
        const LatentRgb map(channels, cache_);
        EXPECT_TRUE(map.wants_pairs()) << text;
        map.pictures(shown_);
    }
}

} // namespace
} // namespace rushes
