// Guidance takes both prompts through the transformer side by side, or one after the other where the clip is
// long. Either way it is what two runs without guidance say, extrapolated.
#include "base/json_config.h"
#include "models/wan/denoising.h"
#include "parity/wan_fixture.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

class WanGuidance : public testing::TestWithParam<LatentShape> {
protected:
    at::Tensor x0(double guidance_scale, const wan::TextEmbeddings& text) const {
        Pass pass;
        pass.steps = 3;
        pass.guidance_scale = guidance_scale;
        pass.seed = 5;
        wan::FullDenoising denoising(config_, {&transformer_}, pass, GetParam(), text);
        denoising.begin_block(0);
        denoising.step(0, 0, {}, {});
        return denoising.x0_estimate();
    }

    const std::filesystem::path directory_ = test::wan_directory("wan21");
    const wan::PipelineConfig config_ = wan::read_pipeline_config(
        directory_, JsonConfig::read(directory_ / "model_index.json", "model_index.json")
    );
    const wan::Transformer transformer_ = test::load_transformer(directory_ / "transformer");
};

TEST_P(WanGuidance, ExtrapolatesFromTheNegativePrompt) {
    const at::Tensor prompt = test::WanTrace("wan21/transformer")["text"];
    const at::Tensor negative = -prompt.narrow(1, 0, prompt.size(1) - 3); // of another length
    // x0 is noise - sigma * velocity, so what holds for velocities holds for it.
    const at::Tensor with = x0(1, {prompt, {}});
    const at::Tensor without = x0(1, {negative, {}});
    const at::Tensor guided = x0(3, {prompt, negative});
    EXPECT_PARITY(guided, without + (with - without) * 3, 1e-5);
    EXPECT_GT(test::parity_error(guided, with), 1e-3) << "the negative prompt changes nothing";
}

TEST_P(WanGuidance, TellsHowMuchOfAStepIsDone) {
    const at::Tensor prompt = test::WanTrace("wan21/transformer")["text"];
    Pass pass;
    pass.steps = 3;
    pass.guidance_scale = 3;
    wan::FullDenoising denoising(config_, {&transformer_}, pass, GetParam(), {prompt, prompt});
    denoising.begin_block(0);
    std::vector<double> shares;
    denoising.step(0, 0, {}, [&](double share) { shares.push_back(share); });
    // Once a layer, for each prompt where they do not go side by side.
    const auto layers = static_cast<std::size_t>(config_.transformer.layers);
    const std::size_t calls = GetParam().height > 10 ? 2 * layers : layers;
    ASSERT_EQ(shares.size(), calls);
    for (std::size_t i = 0; i < calls; ++i) {
        EXPECT_NEAR(shares[i], double(i + 1) / double(calls), 1e-9);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Clips,
    WanGuidance,
    testing::Values(LatentShape{4, 3, 6, 10}, LatentShape{4, 3, 64, 64}), // 45 and 3072 tokens
    [](const auto& parameter) { return parameter.param.height > 10 ? "long" : "short"; }
);

} // namespace
} // namespace rushes
