// The Wan VAE on a device that is no CPU: the same numbers, in few launches, and a copy for each piece.
#include "parity/vae_fixture.h"
#include "support/cuda.h"
#include "support/strict_device.h"

#include <gtest/gtest.h>

namespace rushes::wan {
namespace {

class VaeDevices : public testing::TestWithParam<const char*> {
protected:
    void expect_agreement(const std::string& device) const {
        const auto vae = fixture_.load(at::kFloat, at::Device(device));
        EXPECT_LE(test::parity_error(decode(*vae, fixture_["latents"]).clamp(-1, 1), reference(*vae)), 1e-5);
        EXPECT_LE(test::parity_error(encode(*vae, fixture_["video"]), fixture_["mean"]), 1e-5);
    }

    /// diffusers' own error in bf16 is in the fixture.
    void expect_agreement_in_bf16(const std::string& device) const {
        const auto vae = fixture_.load(at::kBFloat16, at::Device(device));
        const at::Tensor decoded = decode(*vae, fixture_["latents"]).to(at::kCPU, at::kFloat).clamp(-1, 1);
        EXPECT_LE(rms(decoded - reference(*vae)), 1.2 * fixture_.number("bf16_decoded"));
        const at::Tensor mean = encode(*vae, fixture_["video"]).to(at::kCPU, at::kFloat);
        EXPECT_LE(rms(mean - fixture_["mean"]), 1.2 * fixture_.number("bf16_mean"));
    }

    const VaeFixture fixture_{GetParam()};

private:
    at::Tensor reference(const Vae& vae) const {
        return decoded_reference(fixture_, fixture_["latents"].size(2), vae.config().patch_size).clamp(-1, 1);
    }
};

TEST_P(VaeDevices, NoOperationMeetsTheCpusTensorsBesideTheDevices) {
    expect_agreement(test::strict_device());
}

TEST_P(VaeDevices, HalfPrecisionLosesNoMoreThanTheReference) {
    expect_agreement_in_bf16(test::strict_device());
}

TEST_P(VaeDevices, CudaAgreesWithTheReference) {
    if (const std::string problem = test::why_no_cuda(); !problem.empty()) {
        GTEST_SKIP() << problem;
    }
    expect_agreement("cuda:0");
    expect_agreement_in_bf16("cuda:0");
}

/// Norm and activation are two kernels, so that what remains is convolutions, their bias, and copies of what
/// they keep of the past.
TEST_P(VaeDevices, ALatentTakesNoCopiesAndFewLaunches) {
    const auto vae = fixture_.load(at::kFloat, at::Device(test::strict_device()));
    const auto decoder = vae->decoder();
    const at::Tensor latents = fixture_["latents"].to(at::Device(test::strict_device()));
    decoder->decode_next(latents.narrow(2, 0, 1), {});
    test::reset_device_counts();
    std::int64_t convolutions = 0;
    const auto count = [&](double /*share*/) { ++convolutions; };
    decoder->decode_next(latents.narrow(2, 1, 1), {}, count);
    const test::DeviceCounts counts = test::device_counts();
    EXPECT_EQ(counts.copies(), 0);
    // A 3x3x3 convolution: two norms' kernels, its input's past, itself and its bias, what it keeps.
    EXPECT_LE(counts.launches, 7 * convolutions + 60);
    std::cout << "| " << GetParam() << ", a latent frame of the decoder | " << counts.launches
              << " launches | " << convolutions << " convolutions |\n";
}

/// What the finest levels hold of one frame in place of four.
TEST_P(VaeDevices, FrameByFrameGivesTheSameWithLessMemory) {
    const auto vae = fixture_.load(at::kFloat, at::Device(test::strict_device()));
    const at::Tensor latents =
        at::randn({3, 4, 6, vae->config().z_dim}, at::kFloat).to(at::Device(test::strict_device()));
    const auto decoded = [&](bool sparing, std::int64_t& peak) {
        ClipMemory memory;
        std::vector<at::Tensor> pieces;
        for (std::int64_t t = 0; t < latents.size(0); ++t) {
            const std::int64_t before = test::device_memory().live;
            test::reset_device_peak();
            pieces.push_back(vae->decoder_network().forward(
                latents.narrow(0, t, 1), {.memory = memory, .first = t == 0, .sparing = sparing}
            ));
            peak = test::device_memory().peak - before; // of the last: by then the past has its full size
        }
        return at::cat(pieces);
    };
    std::int64_t large = 0;
    std::int64_t small = 0;
    const at::Tensor whole = decoded(false, large);
    EXPECT_PARITY(decoded(true, small), whole, 1e-5);
    std::cout << "| " << GetParam() << ", bytes of a latent frame of the decoder | " << large
              << " | frame by frame " << small << " |\n";
    // Beside the pictures, which there are in any case. Levels before the last doubling in time see one frame
    // either way.
    const auto pictures = static_cast<double>(whole.nbytes()) / static_cast<double>(latents.size(0));
    const double share = vae->config().frame_stride() > 2 ? 0.67 : 0.8;
    EXPECT_LT(small - pictures, share * (static_cast<double>(large) - pictures));
}

INSTANTIATE_TEST_SUITE_P(
    Layouts,
    VaeDevices,
    testing::Values("wan21", "wan21_deep", "wan22", "wan22_deep"),
    [](const auto& test) { return std::string(test.param); }
);

} // namespace
} // namespace rushes::wan
