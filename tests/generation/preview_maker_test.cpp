#include "generation/computing_threads.h"
#include "generation/preview_maker.h"
#include "support/fake_engine.h"
#include "support/fake_pipeline.h"

#include <gtest/gtest.h>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {
namespace {

class PreviewMakerTest : public ::testing::Test {
protected:
    /// Offers three estimates, the second and third once the first preview is out; the steps that were shown.
    std::vector<int> steps_shown(std::chrono::milliseconds interval) {
        std::vector<int> steps;
        std::counting_semaphore<> shown{0};
        PreviewMaker maker(
            *pipeline_,
            Lattice{},
            [&](Preview preview) {
                steps.push_back(preview.step);
                shown.release();
            },
            interval
        );
        const at::Tensor latents = at::zeros({1, 4, 1, 2, 3});
        maker.offer({.latents = latents, .step = 1});
        shown.acquire();
        maker.offer({.latents = latents, .step = 2});
        if (interval.count() == 0) {
            shown.acquire();
        }
        maker.offer({.latents = latents, .step = 3});
        if (interval.count() == 0) {
            shown.acquire();
        }
        maker.finish();
        return steps;
    }

    testing::FakeCalls calls_;
    const std::unique_ptr<Pipeline> pipeline_ =
        testing::make_fake_pipeline(testing::fake_causal_model(), {}, calls_, {});
};

TEST_F(PreviewMakerTest, ShowsTheFirstEstimateAtOnceAndRestsBeforeTheNext) {
    // An hour: finish() would not return in time if it waited for the rest to be over.
    EXPECT_EQ(steps_shown(std::chrono::hours(1)), std::vector{1});
}

TEST_F(PreviewMakerTest, ShowsEveryEstimateWithoutARest) {
    EXPECT_EQ(steps_shown(std::chrono::milliseconds(0)), (std::vector{1, 2, 3}));
}

/// More threads than cores would make those that compute the clip wait asleep for each other.
TEST_F(PreviewMakerTest, TakesNoThreadsFromThoseThatComputeTheClip) {
    prepare_computing_thread(4, false);
    int threads = 0;
    calls_.at_preview = [&] { threads = at::get_num_threads(); };
    steps_shown(std::chrono::milliseconds(0));
    EXPECT_EQ(threads, 1);
    EXPECT_EQ(at::get_num_threads(), 4);
}

} // namespace
} // namespace rushes
