// Clips and stills of the Stable Diffusion family on a GPU, against diffusers' numbers of the CPU.
#include "animatediff_fixture.h"
#include "support/cuda.h"

namespace rushes {
namespace {

using namespace test; // NOLINT(google-build-using-namespace): what these tests are made of

/// Sums in another order, step after step.
constexpr double card_tolerance = 1e-3;

class DiffusionOnACard : public testing::Test {
protected:
    void SetUp() override {
        if (const std::string why = why_no_cuda(); !why.empty()) {
            GTEST_SKIP() << why;
        }
    }

    static void
    expect_agreement(const fs::path& directory, const std::string& name, const std::string& scheduler) {
        LoadOptions options;
        options.device = "cuda:0";
        const auto pipeline = load_pipeline(describe_model(directory), options, {});
        const SafetensorsFile trace(directory / (name + ".safetensors"));
        const bool still = trace.header().metadata.at("num_frames") == "1";
        const Conditioning text =
            pipeline->condition({still ? "a red ball over the sea" : prompt, negative, true}, {});
        const Errors errors = run(*pipeline, trace, pass_of(trace, scheduler), text);
        EXPECT_LT(errors.latents, card_tolerance) << name;
        EXPECT_LE(errors.frames, 1) << name;
    }
};

TEST_F(DiffusionOnACard, ClipsAgree) {
    for (const std::string name : {"ddim", "euler", "lcm"}) {
        expect_agreement(whole(), name, name);
    }
    expect_agreement(whole(), "long", "ddim");
}

TEST_F(DiffusionOnACard, StillsAgree) {
    expect_agreement(fixture_path("stills/plain"), "pndm", "pndm");
    expect_agreement(fixture_path("stills/turbo"), "turbo_4", "");
}

} // namespace
} // namespace rushes
