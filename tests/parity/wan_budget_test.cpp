// What a transformer's work costs a GPU beyond arithmetic, counted on the stand-in device: kernels that are
// launched, copies between the CPU and the device, how far the CPU runs ahead.
#include "nn/attention.h"
#include "parity/traced_run.h"
#include "support/strict_device.h"

#include <cmath>
#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

using test::device_counts;
using test::WanTrace;

/// Six products, two attentions, three RMS norms with two copies for dense rows, three layer norms and three
/// sums (two of them gated), each norm with one conversion, the activation, and twice three for rotary
/// positions.
constexpr std::int64_t launches_a_layer = 30;

class WanBudget : public testing::TestWithParam<at::ScalarType> {
protected:
    void SetUp() override { test::strict_device(); }

    wan::Transformer transformer() const {
        return test::load_transformer(
            test::wan_directory("wan21") / "transformer", GetParam(), test::strict_device()
        );
    }

    at::Tensor on_device(const at::Tensor& tensor) const {
        return tensor.to(at::Device(test::strict_device()));
    }

    const WanTrace trace_{"wan21/transformer"};
};

TEST_P(WanBudget, LaunchesOfALayerAndAroundThem) {
    const wan::Transformer model = transformer();
    const wan::TextContext text = model.text_context(on_device(trace_["text"]));
    const wan::TimeContext time = model.time_context(on_device(trace_["timestep"]));
    const at::Tensor latents = on_device(trace_["latents"]);
    wan::FullAttention attention = model.full_attention({3, 6, 10});
    std::vector<std::int64_t> at_layer;
    test::reset_device_counts();
    model.forward(latents, time, text, attention, {}, [&](double /*share*/) {
        at_layer.push_back(device_counts().launches);
    });
    const test::DeviceCounts all = device_counts();
    ASSERT_EQ(at_layer.size(), 2);
    const std::int64_t layer = at_layer[1] - at_layer[0];
    EXPECT_LE(layer, launches_a_layer);
    EXPECT_LE(all.launches - 2 * layer, 12) << "around the layers";
    EXPECT_EQ(all.copies(), 0);

    test::reset_device_counts();
    model.time_context(on_device(trace_["timestep"]));
    EXPECT_LE(device_counts().launches, 22) << "whatever the count of layers";
    std::cout << "| launches, " << GetParam() << " | a layer " << layer << " | around "
              << all.launches - 2 * layer << " | time context " << device_counts().launches << " |\n";
}

TEST_P(WanBudget, TheBiasOfTheTextIsOfTheTypeOfTheQueries) {
    const wan::Transformer model = transformer();
    const wan::TextContext text = model.text_context(on_device(trace_["text"]));
    EXPECT_FALSE(text.bias.defined());
    EXPECT_EQ(text.keys.front().size(1), 512);
}

/// The stand-in says what a GPU gets wrong in silence; attend() does not come there.
TEST_P(WanBudget, ABiasOfAnotherTypeDoesNotReachTheFusedKernels) {
    const at::Tensor q = at::randn({1, 6, 2, 12});
    const at::Tensor k = at::randn({1, 9, 2, 12});
    const at::Tensor v = at::randn({1, 9, 2, 12});
    const at::Tensor bias = at::zeros({1, 1, 1, 9});
    bias.select(3, 8).fill_(std::log(490.0));
    const auto there = [&](const at::Tensor& t) { return on_device(t).to(GetParam()); };
    const auto heads = [&](const at::Tensor& t) { return there(t).transpose(1, 2); };
    EXPECT_THROW(
        at::scaled_dot_product_attention(heads(q), heads(k), heads(v), on_device(bias.to(at::kDouble))),
        c10::Error
    );
    const auto rounded = [&](const at::Tensor& t) { return t.to(GetParam()).to(at::kDouble); };
    const at::Tensor wanted = attend(rounded(q), rounded(k), rounded(v), bias.to(at::kDouble));
    const at::Tensor seen = attend(there(q), there(k), there(v), on_device(bias));
    EXPECT_PARITY(seen.to(at::kCPU), wanted, GetParam() == at::kFloat ? 1e-5 : 0.03);
}

INSTANTIATE_TEST_SUITE_P(Types, WanBudget, testing::Values(at::kFloat, at::kBFloat16), [](const auto& test) {
    return test.param == at::kFloat ? "fp32" : "bf16";
});

class WanSteps : public testing::Test {
protected:
    std::unique_ptr<Pipeline> pipeline(const std::string& model, const std::string& dtype = "fp32") const {
        return load_pipeline(
            describe_model(test::wan_directory(model)),
            {.device = test::strict_device(), .dtype = dtype, .progress = {}},
            {}
        );
    }
};

TEST_F(WanSteps, CopyNothingButThePreview) {
    const WanTrace trace("wan21/unipc");
    const test::TracedRun run(trace.settings);
    const auto model = pipeline("wan21");
    const Conditioning text = model->condition({run.prompt, run.negative, run.guided()}, {});
    const auto denoising = model->denoise(run.pass, text);
    denoising->begin_block(0);
    for (int step = 0; step < run.pass.steps; ++step) {
        test::reset_device_counts();
        denoising->step(0, step, {});
        EXPECT_EQ(device_counts().copies(), 0) << "step " << step;
        model->preview(denoising->x0_estimate());
        const test::DeviceCounts counts = device_counts();
        EXPECT_LE(counts.copies(), 3)
            << "step " << step; // two of them only until the map of colours is fitted
        EXPECT_EQ(counts.pageable, 0);
    }
    test::reset_device_counts();
    const at::Tensor latents = denoising->finish_block(0, {});
    EXPECT_EQ(device_counts().copies(), 0);
}

/// What pictures became lies on the device before the first step.
TEST_F(WanSteps, OfClipsFromPicturesCopyNothing) {
    for (const auto& [model, name] :
         {std::pair("wan22", "picture"), std::pair("i2v_clip", "same"), std::pair("i2v_two", "both")}) {
        const WanTrace trace(std::string(model) + "/" + name);
        const test::TracedRun run(trace.settings);
        const auto loaded = pipeline(model);
        const Conditioning conditioning =
            loaded->condition({run.prompt, run.negative, run.guided(), test::inputs_of(trace)}, {});
        const auto denoising = loaded->denoise(run.pass, conditioning);
        denoising->begin_block(0);
        test::reset_device_counts();
        for (int step = 0; step < run.pass.steps; ++step) {
            denoising->step(0, step, {});
        }
        EXPECT_EQ(device_counts().copies(), 0) << model;
    }
}

/// A stop request must not wait for what the GPU has not begun: the CPU is at most three layers ahead.
TEST_F(WanSteps, TheCpuWaitsForTheLayerBeforeTheLastTwo) {
    const WanTrace trace("wan21/unipc");
    const test::TracedRun run(trace.settings);
    const auto model = pipeline("wan21");
    const auto denoising =
        model->denoise(run.pass, model->condition({run.prompt, run.negative, run.guided()}, {}));
    denoising->begin_block(0);
    test::reset_device_counts();
    for (int step = 0; step < run.pass.steps; ++step) {
        denoising->step(0, step, {});
    }
    const test::DeviceCounts counts = device_counts();
    EXPECT_GE(counts.waits, 2 * run.pass.steps - 2);
    // With what lies between two steps: the head, the solver, the next time context.
    EXPECT_LE(counts.most_queued, 3 * launches_a_layer + 80);
    EXPECT_GT(counts.launches, counts.most_queued * 13 / 10) << "too short a run to show anything";
}

/// bf16 loses digits by nature: on the device no more than on the CPU.
TEST_F(WanSteps, WholeRunsInBf16StayAsCloseAsOnTheCpu) {
    const WanTrace trace("wan22/euler");
    const test::TracedRun run(trace.settings);
    const auto on_device = pipeline("wan22", "bf16");
    const auto on_cpu =
        load_pipeline(describe_model(test::wan_directory("wan22")), {.dtype = "bf16", .progress = {}}, {});
    const test::Errors device = compare(*on_device, trace, run);
    const test::Errors cpu = compare(*on_cpu, trace, run);
    EXPECT_GT(device.latents, 1e-4) << "it is another type indeed";
    EXPECT_LT(device.embeddings, 1.5 * cpu.embeddings);
    EXPECT_LT(device.latents, 1.5 * cpu.latents);
}

TEST_F(WanSteps, LeaveNoMemoryBehind) {
    const WanTrace trace("wan21/unipc");
    const test::TracedRun run(trace.settings);
    const auto model = pipeline("wan21");
    compare(*model, trace, run);
    const std::int64_t after_one = test::device_memory().live;
    compare(*model, trace, run);
    compare(*model, trace, run);
    EXPECT_EQ(test::device_memory().live, after_one);
}

} // namespace
} // namespace rushes
