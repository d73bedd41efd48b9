// Layers whose weights are kept in eight bits: how far that is from fp32, what memory it saves, and what of
// it is foretold.
#include "generation/torch_engine.h"
#include "parity/checkpoint_copy.h"
#include "parity/wan_fixture.h"
#include "support/stand_in_card.h"
#include "support/strict_device.h"
#include "support/tensor_file.h"

#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using test::WanTrace;

double rms(const at::Tensor& x) {
    return x.to(at::kDouble).square().mean().sqrt().item<double>();
}

class Fp8Weights : public testing::TestWithParam<const char*> {
protected:
    const fs::path directory_ = test::wan_directory(GetParam());
    const WanTrace trace_{std::string(GetParam()) + "/transformer"};

    at::Tensor out(at::ScalarType dtype, bool fp8) const {
        const fs::path component = directory_ / "transformer";
        const WeightStore store(component, {.dtype = dtype, .fp8_layers = fp8});
        const wan::Transformer transformer(test::transformer_config(component), store.root());
        const at::Tensor text = trace_["text"].to(dtype);
        return test::forward_once(
                   transformer, trace_["latents"], trace_["timestep"], transformer.text_context(text)
        )
            .to(at::kDouble);
    }
};

/// Three bits of mantissa round a weight by at most a sixteenth, and one in a row by a share of the largest
/// in it; a product of many such errors, independent of each other, stays near that of a single one.
TEST_P(Fp8Weights, AForwardIsOffByAFewPercent) {
    const at::Tensor exact = out(at::kFloat, false);
    const auto off = [&](at::ScalarType dtype, bool fp8) {
        const at::Tensor difference = out(dtype, fp8) - exact;
        std::cout << "| " << GetParam() << (dtype == at::kFloat ? ", fp32" : ", bf16")
                  << (fp8 ? " on fp8 weights" : "") << " | max "
                  << difference.abs().max().item<double>() / rms(exact) << " | rms "
                  << rms(difference) / rms(exact) << " |\n";
        return rms(difference) / rms(exact);
    };
    const double half = off(at::kBFloat16, false);
    const double wide_on_fp8 = off(at::kFloat, true);
    const double half_on_fp8 = off(at::kBFloat16, true);
    EXPECT_GT(wide_on_fp8, half) << "eight bits are fewer than sixteen";
    EXPECT_LT(wide_on_fp8, 0.0625);
    EXPECT_LT(half_on_fp8, 0.0625);
}

INSTANTIATE_TEST_SUITE_P(Models, Fp8Weights, testing::Values("wan21", "wan22"), [](const auto& tested) {
    return std::string(tested.param);
});

class Fp8Runs : public testing::Test {
protected:
    struct Ran {
        std::vector<std::vector<std::uint8_t>> frames;
        std::int64_t stays = 0; ///< bytes on the device once the run is done
    };

    const ModelInfo model_ = describe_model(test::wan_directory("wan21"));

    Ran run(const std::string& dtype) const {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.width = 96;
        recipe.height = 64;
        recipe.frames = 9;
        recipe.steps = 4;
        recipe.dtype = dtype;
        recipe.draft = false;
        TorchEngine engine({.threads = 1}, test::stand_in_card(), load_pipeline);
        Ran ran;
        RunSinks sinks;
        sinks.frame = [&](const FramePtr& frame, bool) { ran.frames.push_back(frame->rgb); };
        const std::int64_t before = test::device_memory().live;
        const Outcome outcome =
            engine.run(make_plan(recipe, model_, {.device = test::strict_device()}), {}, sinks, {});
        if (const auto* const failed = std::get_if<Failed>(&outcome)) {
            ADD_FAILURE() << failed->error.what();
        }
        ran.stays = test::device_memory().live - before;
        return ran;
    }
};

at::Tensor levels(const std::vector<std::vector<std::uint8_t>>& frames) {
    std::vector<at::Tensor> all;
    for (const std::vector<std::uint8_t>& frame : frames) {
        all.push_back(at::tensor(at::ArrayRef<std::uint8_t>(frame)).to(at::kDouble));
    }
    return at::cat(all);
}

TEST_F(Fp8Runs, ARecipeOfFp8TakesLessAndIsNearlyTheSameClip) {
    const Ran half = run("bf16");
    const Ran eight = run("fp8");
    ASSERT_EQ(half.frames.size(), 9U);
    EXPECT_LT(eight.stays, half.stays);
    const at::Tensor wanted = levels(half.frames);
    const double off = rms(levels(eight.frames) - wanted);
    std::cout << "| wan21 | stays " << eight.stays << " of " << half.stays << " bytes | " << off
              << " levels from bf16 |\n";
    EXPECT_GT(off, 0);
    EXPECT_LT(off, 0.0625 * wanted.std().item<double>()) << "as a forward of it is off";
}

/// A checkpoint as ComfyUI writes them keeps its eight bits on the device, and so it is foretold.
TEST_F(Fp8Runs, APublishedFp8FileStaysAsItIs) {
    const test::ScratchFolder folder("rushes-fp8-");
    const fs::path directory = folder.path / "model";
    fs::copy(test::wan_directory("wan21"), directory, fs::copy_options::recursive);
    CheckpointCopy copy(directory / "transformer");
    std::map<std::string, at::Tensor> layers;
    for (auto& [name, tensor] : copy.weights) {
        if (is_block_layer(name, {tensor.sizes().data(), tensor.sizes().size()})) {
            const at::Tensor scale = tensor.abs().max() / 448;
            layers[name.substr(0, name.rfind('.')) + ".scale_weight"] = scale;
            tensor = (tensor / scale).to(at::kFloat8_e4m3fn);
        }
    }
    copy.weights.merge(layers);
    copy.write(directory / "transformer");
    const ModelInfo model = describe_model(directory);
    const LoadOptions options{.device = test::strict_device(), .dtype = "bf16"};
    Pass pass;
    pass.width = 96;
    pass.height = 64;
    pass.frames = 9;
    pass.steps = 2;
    const std::int64_t before = test::device_memory().live;
    const auto pipeline = load_pipeline(model, options, {});
    const auto counted = static_cast<double>(test::device_memory().live - before);
    EXPECT_NEAR(model.cost(pass, options).resident_bytes(), counted, 0.1 * counted);
    EXPECT_LT(counted, model_.cost(pass, options).resident_bytes());
}

} // namespace
} // namespace rushes
