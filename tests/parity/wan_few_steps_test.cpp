// Denoising in a few steps against the makers' own loops (make_few_step_fixtures.py).
#include "parity/wan_fixture.h"

#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

using test::WanTrace;

constexpr double tolerance = 1e-4;

class WanFewSteps : public testing::TestWithParam<std::string> {
protected:
    WanFewSteps() {
        const auto model = test::wan_directory("wan21");
        config_ = wan::read_pipeline_config(
            model, JsonConfig::read(model / "model_index.json", "model_index.json")
        );
        config_.scheduler.shift = trace_.settings.number("shift", {0.1, 100});
        pass_.steps = static_cast<int>(trace_.settings.integer("steps", {1, 100}));
        pass_.scheduler = trace_.settings.text("scheduler");
        pass_.seed = static_cast<std::uint64_t>(trace_.settings.integer("seed", {0, 1000}));
    }

    double worst(const wan::PipelineConfig& config, const Pass& pass) const {
        wan::FullDenoising denoising(config, {&transformer_}, pass, {4, 3, 4, 6}, {trace_["text"], {}});
        denoising.begin_block(0);
        double error = 0;
        for (int step = 0; step < denoising.steps(); ++step) {
            denoising.step(0, step, {}, {});
            const std::string name = "latents." + std::to_string(std::min(step, pass_.steps - 1));
            error = std::max(error, test::parity_error(denoising.finish_block(0, {}), trace_[name]));
        }
        return error;
    }

    const WanTrace trace_{"wan21/few_" + GetParam()};
    const wan::Transformer transformer_ =
        test::load_transformer(test::wan_directory("wan21") / "transformer");
    wan::PipelineConfig config_;
    Pass pass_;
};

TEST_P(WanFewSteps, AgreeStepByStep) {
    const double error = worst(config_, pass_);
    EXPECT_LT(error, tolerance);
    std::cout << "| few steps, " << GetParam() << " | " << error << " | " << tolerance << " |\n";
}

TEST_P(WanFewSteps, AnotherScheduleIsSeen) {
    for (const std::string other : {"dmd", "rcm", "distilled", "flow-euler", "unipc"}) {
        if (other != pass_.scheduler) {
            Pass pass = pass_;
            pass.scheduler = other;
            EXPECT_GT(worst(config_, pass), 10 * tolerance) << other << " passes for " << pass_.scheduler;
        }
    }
    Pass pass = pass_;
    pass.seed += 1;
    EXPECT_GT(worst(config_, pass), 0.1) << "noise of another seed passes for right";
    wan::PipelineConfig config = config_;
    config.scheduler.shift *= 2;
    if (pass_.scheduler == "dmd") {
        EXPECT_GT(worst(config, pass_), tolerance) << "another grid passes for right";
    } else {
        EXPECT_LT(worst(config, pass_), tolerance) << "its levels do not depend on the model's shift";
    }
}

INSTANTIATE_TEST_SUITE_P(
    Schedules,
    WanFewSteps,
    testing::Values("dmd", "dmd_8", "rcm", "rcm_2", "distilled"),
    [](const auto& parameter) { return parameter.param; }
);

} // namespace
} // namespace rushes
