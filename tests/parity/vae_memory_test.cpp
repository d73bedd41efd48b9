// Decoding holds as much memory after forty latent frames as after four, and stops when asked to.
#include "models/wan/vae.h"
#include "nn/work_unit.h"
#include "support/parity.h"
#include "support/tensor_bytes.h"
#include "support/work_counter.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include <ATen/ATen.h>

namespace rushes::wan {
namespace {

class VaeMemory : public testing::TestWithParam<const char*> {};

TEST_P(VaeMemory, DoesNotGrowWithTheClip) {
    const auto vae = Vae::load(test::fixture_path("vae") / GetParam(), {}, VaeParts::both);
    const test::TensorBytes bytes;
    const auto decoder = vae->decoder();
    const auto encoder = vae->encoder();
    const at::Tensor latent = at::randn({1, vae->config().z_dim, 1, 2, 3}, at::kFloat);
    const std::int64_t side = 2 * vae->config().pixel_stride();
    const at::Tensor frames = at::randint(0, 256, {4, side, side, 3}, at::kByte);
    encoder->encode_next(frames.narrow(0, 0, 1), {});
    std::int64_t live = 0;
    std::int64_t peak = 0;
    for (int i = 0; i < 40; ++i) {
        decoder->decode_next(latent, {});
        encoder->encode_next(frames, {});
        if (i == 3) {
            live = bytes.live();
            peak = bytes.peak();
        }
    }
    EXPECT_GT(live, latent.nbytes() + frames.nbytes()); // the counter does count
    EXPECT_EQ(bytes.live(), live);
    EXPECT_EQ(bytes.peak(), peak);
}

TEST_P(VaeMemory, StopsBeforeTheNextWorkUnit) {
    const auto vae = Vae::load(test::fixture_path("vae") / GetParam(), {}, VaeParts::both);
    const at::Tensor latent = at::randn({1, vae->config().z_dim, 1, 2, 3}, at::kFloat);
    const std::int64_t side = 2 * vae->config().pixel_stride();
    const at::Tensor frames = at::randint(0, 256, {4, side, side, 3}, at::kByte);
    EXPECT_GT(
        test::expect_stop_after_each_call([&](const std::stop_token& stop) {
            const auto decoder = vae->decoder();
            decoder->decode_next(latent, stop);
            decoder->decode_next(latent, stop);
        }),
        20
    );
    EXPECT_GT(
        test::expect_stop_after_each_call([&](const std::stop_token& stop) {
            const auto encoder = vae->encoder();
            encoder->encode_next(frames.narrow(0, 0, 1), stop);
            encoder->encode_next(frames, stop);
        }),
        20
    );
}

TEST_P(VaeMemory, TellsHowMuchOfAFrameIsDone) {
    const auto vae = Vae::load(test::fixture_path("vae") / GetParam(), {}, VaeParts::decoder);
    const auto decoder = vae->decoder();
    const at::Tensor latent = at::randn({1, vae->config().z_dim, 1, 2, 3}, at::kFloat);
    for (const char* const frame : {"the first, without frames between", "a later one"}) {
        std::vector<double> shares;
        decoder->decode_next(latent, {}, [&](double share) { shares.push_back(share); });
        ASSERT_GT(shares.size(), 10U) << frame;
        EXPECT_TRUE(std::ranges::is_sorted(shares)) << frame;
        EXPECT_GT(shares.front(), 0) << frame;
        EXPECT_NEAR(shares.back(), 1, 1e-9) << frame;
    }
}

INSTANTIATE_TEST_SUITE_P(Layouts, VaeMemory, testing::Values("wan21", "wan22"), [](const auto& test) {
    return std::string(test.param);
});

TEST(VaeUnits, LargeFeaturesAreCopiedAndAddedInParts) {
    const at::InferenceMode no_gradients;
    const WeightStore store(test::fixture_path("vae/wan21"));
    const Weights blocks = store.root()["decoder"]["up_blocks"];
    const ResidualBlock resnet(blocks[3]["resnets"][1], 4, 4);
    const Upsample upsample(blocks[1]["upsamplers"][0], 8, 4, true);
    ClipMemory memory;
    const Piece piece{memory, true};
    const at::Tensor features = at::zeros({1, 2100, 4096, 4});
    const at::Tensor small = at::zeros({1, 1050, 1024, 8});
    ASSERT_GT(features.numel(), unit_numbers);
    EXPECT_LE(test::largest_copy([&] { resnet.forward(features, piece); }), unit_numbers);
    ASSERT_GT(4 * small.numel(), unit_numbers);
    EXPECT_LE(test::largest_copy([&] { upsample.forward(small, piece); }), unit_numbers);
}

TEST(VaeUnits, BandsOfAShortcutMakeWhatTheWholeMakes) {
    ClipMemory memory;
    for (const bool first : {true, false}) {
        const Piece piece{memory, first};
        const at::Tensor x = at::randint(-128, 128, {1, 600, 1000, 16}, at::kChar);
        const std::int64_t frames = first ? 1 : 2;
        const at::Tensor whole = at::ones({frames, 1200, 2000, 8}, at::kChar);
        const at::Tensor bands = at::ones_like(whole);
        ASSERT_GT(2 * 1200 * 2000 * 8, unit_numbers);
        EXPECT_LE(test::largest_copy([&] { add_duplicated(whole, x, 2, piece); }), unit_numbers);
        for (std::int64_t row = 0; row < 600; row += 100) {
            add_duplicated(bands.narrow(1, 2 * row, 200), x.narrow(1, row, 100), 2, piece);
        }
        EXPECT_TRUE(at::equal(whole, bands));
    }
}

} // namespace
} // namespace rushes::wan
