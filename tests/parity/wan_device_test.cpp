// Where the tensors of a run live. A GPU is not needed for the first half: on libtorch's meta device tensors
// have no numbers, but an operation that meets one of the CPU fails as it would on a GPU.
#include "parity/traced_run.h"
#include "support/cuda.h"
#include "support/strict_device.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

using test::TracedRun;
using test::WanTrace;

class WanDevices : public testing::TestWithParam<std::pair<const char*, const char*>> {};

/// The parameters of AgreeWithTheReference, on a device that is no CPU.
void expect_agreement(const std::string& device, const std::string& model, const std::string& name) {
    const WanTrace trace(model + "/" + name);
    const auto pipeline =
        load_pipeline(describe_model(test::wan_directory(model)), {.device = device, .progress = {}}, {});
    const test::Errors errors = test::compare(*pipeline, trace, TracedRun(trace.settings));
    EXPECT_LT(errors.embeddings, 1e-5);
    EXPECT_LT(errors.image_states, 1e-5);
    EXPECT_LT(errors.latents, 1e-4);
    EXPECT_LE(errors.frames, 1);
}

TEST_P(WanDevices, NoOperationMeetsTheCpusTensorsBesideTheDevices) {
    const auto [model, name] = GetParam();
    expect_agreement(test::strict_device(), model, name);
}

/// fp32 as the reference computes it: without TF32. The frames may differ by the order of additions.
TEST_P(WanDevices, CudaAgreesWithTheReference) {
    if (const std::string problem = test::why_no_cuda(); !problem.empty()) {
        GTEST_SKIP() << problem;
    }
    const auto [model, name] = GetParam();
    expect_agreement("cuda:0", model, name);
}

INSTANTIATE_TEST_SUITE_P(
    Wan,
    WanDevices,
    testing::Values(
        std::pair("wan21", "unipc"),
        std::pair("wan21", "flow-euler"),
        std::pair("wan22", "euler"),
        std::pair("wan22", "picture"),
        std::pair("wan22_two", "both"),
        std::pair("i2v_clip", "same"),
        std::pair("flf2v", "both"),
        std::pair("i2v_two", "both")
    ),
    test::run_name
);

} // namespace
} // namespace rushes
