// What a run was foretold to take, beside the tensors that there are at its peak.
#include "parity/wan_fixture.h"
#include "support/tensor_bytes.h"

#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

struct CostCase {
    const char* dtype;
    int frames;
    double guidance;
};

class WanCost : public testing::TestWithParam<CostCase> {};

/// Weights are there already: what denoising takes beside them.
TEST_P(WanCost, DenoisingTakesTheMemoryThatWasForetold) {
    const auto [dtype, frames, guidance] = GetParam();
    const ModelInfo info = describe_model(test::wan_directory("wan21"));
    const LoadOptions options{.dtype = dtype};
    const auto pipeline = load_pipeline(info, options, {});
    Pass pass;
    pass.width = 256;
    pass.height = 192;
    pass.frames = frames;
    pass.steps = 2;
    pass.guidance_scale = guidance;
    const Conditioning text = pipeline->condition({"a cat", "", pass.guided()}, {});
    const test::TensorBytes bytes;
    {
        const auto denoising = pipeline->denoise(pass, text);
        denoising->begin_block(0);
        for (int step = 0; step < pass.steps; ++step) {
            denoising->step(0, step, {});
        }
        denoising->finish_block(0, {});
    }
    const double foretold = info.cost(pass, options).denoise.bytes;
    const auto counted = static_cast<double>(bytes.peak());
    std::cout << "| " << dtype << ", " << frames << " frames, guidance " << guidance << " | foretold "
              << foretold / 1e6 << " MB | counted " << counted / 1e6 << " MB |\n";
    EXPECT_GT(foretold, 0.75 * counted);
    EXPECT_LT(foretold, 1.25 * counted);
}

INSTANTIATE_TEST_SUITE_P(
    Passes,
    WanCost,
    testing::Values(
        CostCase{"fp32", 33, 1},
        CostCase{"fp32", 33, 4},
        CostCase{"bf16", 33, 1},
        CostCase{"bf16", 81, 4},
        CostCase{"fp32", 81, 4}
    ),
    [](const auto& tested) {
        return std::string(tested.param.dtype) + "_" + std::to_string(tested.param.frames) +
               (tested.param.guidance > 1 ? "_guided" : "");
    }
);

} // namespace
} // namespace rushes
