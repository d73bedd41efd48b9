// Group norm, the gate of GEGLU and the convolutions around them against ATen's own.
#include "base/error.h"
#include "nn/conv2d.h"
#include "nn/geglu.h"
#include "nn/group_norm.h"
#include "support/parity.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

#include <ATen/ATen.h>

namespace rushes {
namespace {

constexpr double tolerance = 2e-6;

/// torch.nn.functional.group_norm in fp64; x [N, h, w, C], `frames` of N are one.
at::Tensor by_aten(
    const at::Tensor& x,
    std::int64_t groups,
    const at::Tensor& gain,
    const at::Tensor& bias,
    std::int64_t frames
) {
    const at::Tensor clips =
        x.to(at::kDouble).unflatten(0, {-1, frames}).permute({0, 4, 1, 2, 3}); // [B, C, frames, h, w]
    return at::group_norm(clips, groups, gain.to(at::kDouble), bias.to(at::kDouble), 1e-5)
        .permute({0, 2, 3, 4, 1})
        .flatten(0, 1);
}

/// The same numbers in every run.
struct Seeded {
    Seeded() { at::manual_seed(7); }
};

class GroupNorms : public testing::TestWithParam<Backend> {
protected:
    Seeded seeded_;
    at::Tensor gain_ = at::rand({24}) + 0.5; // no number far beyond the rms that errors are measured by
    at::Tensor bias_ = at::randn({24}) * 0.5;
    GroupNorm norm_{gain_, bias_, 6, 1e-5};
    // Not too small beside their mean: rounding is what such numbers lose, whoever norms them.
    at::Tensor x_ = at::randn({6, 9, 11, 24}) * (at::rand({6, 1, 1, 24}) + 0.3) + at::randn({6, 1, 1, 24});
};

INSTANTIATE_TEST_SUITE_P(Backends, GroupNorms, testing::Values(Backend::fastest, Backend::reference));

TEST_P(GroupNorms, AgreeWithAten) {
    for (const std::int64_t frames : {1, 2, 3, 6}) {
        const at::Tensor wanted = by_aten(x_, 6, gain_, bias_, frames);
        EXPECT_PARITY(norm_.forward(x_, {.frames = frames, .backend = GetParam()}), wanted, tolerance);
        EXPECT_PARITY(
            norm_.forward(x_, {.frames = frames, .silu = true, .backend = GetParam()}),
            at::silu(wanted),
            tolerance
        );
    }
}

TEST_P(GroupNorms, AddTheOffsetFirst) {
    const at::Tensor offset = at::randn({24}) * 3;
    const at::Tensor wanted = at::silu(by_aten(x_ + offset, 6, gain_, bias_, 1));
    EXPECT_PARITY(
        norm_.forward(x_, {.silu = true, .offset = offset, .backend = GetParam()}), wanted, tolerance
    );
}

TEST_P(GroupNorms, LargeNumbersCloseToEachOtherKeepTheirDifferences) {
    const at::Tensor far = x_ * 0.01 + 100;
    const at::Tensor wanted = by_aten(far, 6, gain_, bias_, 1);
    EXPECT_PARITY(norm_.forward(far, {.backend = GetParam()}), wanted, 1e-3) << "fp32 itself rounds far";
}

/// The two ways to norm a clip differ widely: what the motion modules of the reference and of the original
/// do.
TEST_P(GroupNorms, FramesTogetherAreNotFramesAlone) {
    const at::Tensor together = norm_.forward(x_, {.frames = 6, .backend = GetParam()});
    const at::Tensor alone = norm_.forward(x_, {.frames = 1, .backend = GetParam()});
    EXPECT_GT(test::parity_error(alone, together), 0.1);
}

TEST(GroupNorms, StopWhenAsked) {
    const GroupNorm norm(at::ones({4}), at::zeros({4}), 2, 1e-5);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(norm.forward(at::ones({1, 2, 2, 4}), stop.get_token()), Stopped);
}

TEST(Geglu, AgreesWithAten) {
    const at::Tensor x = at::randn({3, 50, 2 * 37}) * 3;
    const at::Tensor wide = x.to(at::kDouble);
    const at::Tensor wanted = wide.narrow(2, 0, 37) * at::gelu(wide.narrow(2, 37, 37));
    EXPECT_PARITY(geglu(x), wanted, tolerance);
    EXPECT_PARITY(geglu(x, Backend::reference), wanted, tolerance);
    EXPECT_GT(test::parity_error(geglu(x), wide.narrow(2, 37, 37) * at::gelu(wide.narrow(2, 0, 37))), 0.1)
        << "halves swapped";
}

} // namespace
} // namespace rushes
