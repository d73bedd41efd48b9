// The engine over a Wan pipeline on the stand-in device: what runs on a card and what a card may lack.
#include "generation/torch_engine.h"
#include "parity/wan_fixture.h"
#include "support/strict_device.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

class WanEngine : public testing::Test {
protected:
    ~WanEngine() override { test::limit_device_memory(0); }

    static Plan plan(int steps) {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.width = 96;
        recipe.height = 64;
        recipe.frames = 17;
        recipe.steps = steps;
        recipe.seed = 3;
        return make_plan(recipe, describe_model(test::wan_directory("wan21")));
    }

    Outcome run(const Plan& plan, bool with_previews = true) {
        frames_.clear();
        RunSinks sinks;
        if (with_previews) {
            sinks.preview = [](const Preview&) {};
        }
        sinks.frame = [this](const FramePtr& frame, bool draft) {
            if (!draft) {
                frames_.push_back(frame);
            }
        };
        return engine_.run(plan, {}, sinks, {});
    }

    TorchEngine engine_{
        {.threads = 1}, Device{test::strict_device(), {DeviceKind::cuda, "Stand-in", 0}}, load_pipeline
    };
    std::vector<FramePtr> frames_;
};

const RunReport& finished(const Outcome& outcome) {
    if (const auto* const failed = std::get_if<Failed>(&outcome)) {
        throw failed->error;
    }
    return std::get<Finished>(outcome).report;
}

int levels_between(const std::vector<FramePtr>& a, const std::vector<FramePtr>& b) {
    int most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < a[i]->rgb.size(); ++j) {
            most = std::max(most, std::abs(int{a[i]->rgb[j]} - int{b.at(i)->rgb.at(j)}));
        }
    }
    return most;
}

/// The CPU has long gone on when the device is done: booked by the CPU's clock, steps would count as
/// decoding. On the stand-in a launch takes a millisecond.
TEST_F(WanEngine, BooksTimesByTheDevicesEvents) {
    const RunReport few = finished(run(plan(4), false));
    test::reset_device_counts();
    const RunReport many = finished(run(plan(8), false));
    const double all = static_cast<double>(test::device_counts().launches) / 1000;
    EXPECT_NEAR(many.decode_seconds, few.decode_seconds, 1e-9);
    EXPECT_GT(many.denoise_seconds, 1.6 * few.denoise_seconds);
    EXPECT_LE(many.denoise_seconds + many.decode_seconds, all);
    EXPECT_GT(many.denoise_seconds + many.decode_seconds, 0.9 * all) << "without the text";
}

TEST_F(WanEngine, CopiesPreviewsAndFramesThroughPinnedMemoryOnly) {
    run(plan(4)); // the text of the prompt goes there once, and so does the map of previews
    test::reset_device_counts();
    finished(run(plan(4)));
    const test::DeviceCounts counts = test::device_counts();
    EXPECT_EQ(counts.pageable, 0);
    EXPECT_LE(counts.to_device, 2 + 2 * 2)
        << "noise, timesteps, and the map of previews when it was fitted anew";
    EXPECT_LE(counts.to_host, 4 + 3 * 5)
        << "a preview a step; of each latent frame its pictures, and its colours "
           "while the map is fitted";
}

TEST_F(WanEngine, ReportsTheDevicesMemory) {
    const RunReport report = finished(run(plan(4)));
    EXPECT_EQ(report.peak_memory_bytes, static_cast<std::uint64_t>(test::device_memory().peak));
}

TEST_F(WanEngine, DecodesAgainWithLessWhereMemoryRunsOut) {
    const RunReport ample = finished(run(plan(4)));
    const std::vector<FramePtr> wanted = frames_;
    ASSERT_EQ(wanted.size(), 17U);
    const std::int64_t emptied = test::device_cache_emptied();

    // A little less than what decoding took at most.
    test::limit_device_memory(static_cast<std::int64_t>(ample.peak_memory_bytes) - 1);
    finished(run(plan(4)));
    EXPECT_EQ(test::device_cache_emptied(), emptied + 1);
    ASSERT_EQ(frames_.size(), wanted.size());
    for (std::size_t i = 0; i < frames_.size(); ++i) {
        EXPECT_EQ(frames_[i]->index, static_cast<std::int64_t>(i)) << "given out twice or not at all";
    }
    EXPECT_LE(levels_between(frames_, wanted), 1);
}

TEST_F(WanEngine, SaysSoWhereNothingHelpsAndWorksAfterwards) {
    finished(run(plan(4)));
    test::limit_device_memory(test::device_memory().live + 100'000);
    const Outcome outcome = run(plan(4));
    const auto* const failed = std::get_if<Failed>(&outcome);
    ASSERT_NE(failed, nullptr);
    EXPECT_EQ(failed->error.kind(), ErrorKind::resource);
    EXPECT_EQ(failed->error.lever(), Lever::smaller_clip);
    test::limit_device_memory(0);
    finished(run(plan(4)));
    EXPECT_EQ(frames_.size(), 17U);
}

} // namespace
} // namespace rushes
