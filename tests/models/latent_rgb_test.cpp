#include "base/atomic_file.h"
#include "base/error.h"
#include "models/fit_previews.h"
#include "models/latent_rgb.h"
#include "models/registry.h"
#include "support/parity.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
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

/// The built-in model as one that brings no map: links to all of it but that.
class PreviewFitting : public LatentRgbFit {
protected:
    PreviewFitting() {
        const fs::path own = fs::path(RUSHES_SOURCE_DIR) / "resources/models/rushes-demo";
        fs::create_directories(folder_ / "model");
        for (const auto& entry : fs::directory_iterator(own)) {
            if (entry.path().filename() != "latent_rgb.safetensors") {
                fs::create_symlink(entry.path(), folder_ / "model" / entry.path().filename());
            }
        }
        ::setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
        info_ = describe_model(folder_ / "model");
    }

    ModelInfo info_;
};

TEST_F(PreviewFitting, BeatsGreyOnTheModelsOwnVae) {
    const NewEncoder encoder = load_encoder(info_, {}, {});
    std::vector<double> told;
    const PreviewFit fit = fit_previews(info_, encoder, [&](double share) { told.push_back(share); }, {});
    EXPECT_LT(fit.levels, 0.5 * fit.grey_levels);
    EXPECT_EQ(told.back(), 1);
    EXPECT_TRUE(std::ranges::is_sorted(told));
    std::cout << "previews: fitted " << fit.levels << " levels, grey " << fit.grey_levels << "\n";

    // Where a pipeline looks for it, and for pictures that nobody fitted to.
    const std::int64_t side = 128;
    const at::Tensor halves = at::zeros({1, side, side, 3}, at::kByte);
    halves.narrow(2, 0, side / 2).select(3, 0).fill_(220);
    halves.narrow(2, side / 2, side / 2).select(3, 2).fill_(220);
    const at::Tensor latent = encoder()->encode_next(halves, {});
    const auto map = load_latent_rgb(info_, latent.size(1));
    EXPECT_FALSE(map->wants_pairs());
    const at::Tensor shown = map->pictures(latent)[0].to(at::kFloat);
    const std::int64_t columns = shown.size(1) / 2;
    const at::Tensor left = shown.narrow(1, 0, columns).mean(at::IntArrayRef({0, 1}));
    const at::Tensor right = shown.narrow(1, columns, columns).mean(at::IntArrayRef({0, 1}));
    EXPECT_GT(left[0].item<float>(), left[2].item<float>() + 60) << "red";
    EXPECT_GT(right[2].item<float>(), right[0].item<float>() + 60) << "blue";
}

TEST_F(PreviewFitting, LeavesTheOldMapWhereItIsStopped) {
    write_file(latent_rgb_cache(info_), "old");
    std::stop_source stop;
    const NewEncoder encoder = load_encoder(info_, {}, {});
    const auto stop_soon = [&](double) { stop.request_stop(); };
    EXPECT_THROW(fit_previews(info_, encoder, stop_soon, stop.get_token()), Stopped);
    EXPECT_EQ(read_file(latent_rgb_cache(info_)), "old");
}

TEST_F(PreviewFitting, SaysWhereThereIsNothingToFit) {
    EXPECT_THROW(fit_previews(info_, {}, {}, {}), Error) << "no encoder";
    const ModelInfo own = describe_model(fs::path(RUSHES_SOURCE_DIR) / "resources/models/rushes-demo");
    EXPECT_THROW(fit_previews(own, load_encoder(own, {}, {}), {}, {}), Error) << "it brings a map";
}

} // namespace
} // namespace rushes
