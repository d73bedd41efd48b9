// Decoding holds as much memory after forty latent frames as after four, and stops when asked to.
#include "models/wan/vae.h"
#include "support/parity.h"
#include "support/work_counter.h"

#include <atomic>
#include <gtest/gtest.h>

#include <ATen/ATen.h>
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

namespace rushes::wan {
namespace {

/// Counts the bytes of the tensors made on this thread.
class TensorBytes final : public c10::MemoryReportingInfoBase {
public:
    void reportMemoryUsage(void*, std::int64_t bytes, std::size_t, std::size_t, c10::Device) override {
        live_ += bytes;
        peak_ = std::max(peak_, live_);
    }

    bool memoryProfilingEnabled() const override { return true; }

    std::int64_t live() const { return live_; }

    std::int64_t peak() const { return peak_; }

private:
    std::int64_t live_ = 0;
    std::int64_t peak_ = 0;
};

class VaeMemory : public testing::TestWithParam<const char*> {};

TEST_P(VaeMemory, DoesNotGrowWithTheClip) {
    const auto vae = Vae::load(test::fixture_path("vae") / GetParam(), {}, VaeParts::both);
    const auto counter = std::make_shared<TensorBytes>();
    const c10::DebugInfoGuard guard(c10::DebugInfoKind::PROFILER_STATE, counter);
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
            live = counter->live();
            peak = counter->peak();
        }
    }
    EXPECT_GT(live, latent.nbytes() + frames.nbytes()); // the counter does count
    EXPECT_EQ(counter->live(), live);
    EXPECT_EQ(counter->peak(), peak);
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

INSTANTIATE_TEST_SUITE_P(Layouts, VaeMemory, testing::Values("wan21", "wan22"), [](const auto& test) {
    return std::string(test.param);
});

} // namespace
} // namespace rushes::wan
