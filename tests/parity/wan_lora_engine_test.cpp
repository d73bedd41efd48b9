// LoRAs switched on and off between runs: the model is read once, and the clip without them is the first one
// again.
#include "generation/torch_engine.h"
#include "parity/wan_fixture.h"

#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

class LorasInTheEngine : public testing::Test {
protected:
    /// Pixels of the clip, and what the run says of itself.
    struct Ran {
        std::vector<std::uint8_t> pixels;
        RunReport report;
    };

    Ran run(const std::vector<RecipeLora>& loras) {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.width = 64;
        recipe.height = 48;
        recipe.frames = 5;
        recipe.steps = 2;
        recipe.seed = 3;
        recipe.draft = false;
        recipe.loras = loras;
        Ran ran;
        RunSinks sinks;
        sinks.frame = [&](const FramePtr& frame, bool /*draft*/) {
            ran.pixels.insert(ran.pixels.end(), frame->rgb.begin(), frame->rgb.end());
        };
        const Outcome outcome = engine_.run(make_plan(recipe, model_), {}, sinks, {});
        if (const auto* const failed = std::get_if<Failed>(&outcome)) {
            throw failed->error;
        }
        ran.report = std::get<Finished>(outcome).report;
        return ran;
    }

    static RecipeLora lora(const std::string& layout, double strength) {
        return {layout, test::fixture_path("weights/lora_" + layout + ".safetensors").string(), strength};
    }

    const ModelInfo model_ = describe_model(test::wan_directory("wan21"));
    int loads_ = 0;
    TorchEngine engine_{
        {.device = "cpu", .threads = 1},
        [this](const ModelInfo& info, const LoadOptions& options, std::stop_token stop) {
            ++loads_;
            return load_pipeline(info, options, std::move(stop));
        }
    };
};

TEST_F(LorasInTheEngine, AreSwitchedOnAndOffWithoutLoadingAgain) {
    const Ran plain = run({});
    EXPECT_GT(plain.report.load_seconds, 0);
    EXPECT_EQ(plain.report.lora_seconds, 0);
    const auto told = [](const char* what, const RunReport& report) {
        std::cout << "| " << what << " | load " << 1000 * report.load_seconds << " ms | LoRAs "
                  << 1000 * report.lora_seconds << " ms |\n";
        EXPECT_EQ(report.load_seconds, 0) << what;
    };
    const Ran with = run({lora("kohya", 0.8)});
    told("on", with.report);
    EXPECT_GT(with.report.lora_seconds, 0);
    EXPECT_NE(with.pixels, plain.pixels);
    const Ran stronger = run({lora("kohya", 1.5), lora("original", 0.5)});
    told("two, other strengths", stronger.report);
    EXPECT_NE(stronger.pixels, with.pixels);
    const Ran off = run({});
    told("off", off.report);
    EXPECT_EQ(off.pixels, plain.pixels);
    const Ran same = run({});
    told("as before", same.report);
    EXPECT_EQ(same.report.lora_seconds, 0);
    EXPECT_EQ(loads_, 1);
}

} // namespace
} // namespace rushes
