// An engine over the fake pipeline, for the tests of the engine.
#pragma once

#include "generation/torch_engine.h"
#include "support/fake_engine.h"
#include "support/fake_pipeline.h"

#include <gtest/gtest.h>

namespace rushes {

/// An engine over the fake pipeline, and everything that its sinks were told.
class TorchEngineTest : public ::testing::Test {
protected:
    Plan causal_plan(int frames = 9, std::uint64_t seed = 7) const {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.frames = frames;
        recipe.seed = seed;
        return make_plan(recipe, testing::fake_causal_model());
    }

    Plan full_plan() const {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.frames = 33;
        recipe.width = 512;
        recipe.height = 256;
        recipe.steps = 10;
        return make_plan(recipe, testing::fake_full_model());
    }

    RunSinks sinks(bool with_previews = true) {
        RunSinks sinks;
        sinks.progress = [this](const Progress& progress) { progress_.push_back(progress); };
        sinks.frame = [this](FramePtr frame, bool draft) {
            (draft ? draft_ : final_).push_back(std::move(frame));
        };
        if (with_previews) {
            sinks.preview = [this](Preview preview) { previews_.push_back(std::move(preview)); };
        }
        return sinks;
    }

    Outcome run(const Plan& plan, bool with_previews = true) {
        return engine_.run(plan, {}, sinks(with_previews), stop_.get_token());
    }

    /// Requests a stop when the pipeline is asked for `call`.
    void stop_at(const std::string& call) {
        calls_.at_call = [this, call](const std::string& made) {
            if (made == call) {
                stop_.request_stop();
            }
        };
    }

    testing::FakeCalls calls_;
    std::stop_source stop_;
    TorchEngine engine_{
        EngineOptions{.device = "cpu", .threads = 1, .background = false},
        [this](const ModelInfo& info, const LoadOptions& options, std::stop_token stop) {
            return testing::make_fake_pipeline(info, options, calls_, std::move(stop));
        }
    };
    std::vector<Progress> progress_;
    std::vector<Preview> previews_;
    std::vector<FramePtr> draft_;
    std::vector<FramePtr> final_;
};

inline std::vector<std::vector<std::uint8_t>> pixels(const std::vector<FramePtr>& frames) {
    std::vector<std::vector<std::uint8_t>> all;
    for (const FramePtr& frame : frames) {
        all.push_back(frame->rgb);
    }
    return all;
}

} // namespace rushes
