// VACE against diffusers (make_wan_vace_fixtures.py): the control branch, and masked clips of a picture, of
// two and of another clip's end.
#include "models/wan/vae.h"
#include "parity/checkpoint_copy.h"
#include "parity/traced_run.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

namespace fs = std::filesystem;

using test::Errors;
using test::TracedRun;
using test::WanTrace;

constexpr double latent_tolerance = 1e-4;

Errors errors_of(const fs::path& model, const std::string& name, const RunInputs& inputs) {
    const WanTrace trace("vace/" + name);
    const auto pipeline = load_pipeline(describe_model(model), {}, {});
    return compare(*pipeline, trace, TracedRun(trace.settings), inputs);
}

RunInputs inputs_of(const std::string& name) {
    return test::inputs_of(WanTrace("vace/" + name));
}

class Vace : public testing::TestWithParam<const char*> {};

TEST_P(Vace, AgreesWithTheReference) {
    const std::string name = GetParam();
    const Errors errors = errors_of(test::wan_directory("vace"), name, inputs_of(name));
    EXPECT_LT(errors.embeddings, 1e-5);
    EXPECT_LT(errors.latents, latent_tolerance);
    EXPECT_LE(errors.frames, 1);
    std::cout << "| vace/" << name << ", latents | " << errors.latents << " | " << latent_tolerance
              << " |\n| vace/" << name << ", frames (levels) | " << errors.frames << " | 1 |\n";
}

INSTANTIATE_TEST_SUITE_P(
    Runs,
    Vace,
    testing::Values("text", "first", "both", "extended"),
    [](const auto& run) { return run.param; }
);

TEST(VaceControl, IsThatOfTheReference) {
    for (const std::string name : {"text", "first", "both", "extended"}) {
        const WanTrace trace("vace/" + name);
        const TracedRun run(trace.settings);
        const auto vae = wan::Vae::load(test::wan_directory("vace") / "vae", {}, wan::VaeParts::encoder);
        const wan::PictureSetting setting{at::kCPU, run.pass.width, run.pass.height};
        std::vector<double> told;
        const at::Tensor control = wan::control_channels(
            [&] { return vae->encoder(); },
            wan::start_pictures(test::inputs_of(trace), 17),
            run.pass.frames,
            setting,
            {},
            [&](double share) { told.push_back(share); }
        );
        EXPECT_PARITY(control, trace["condition"], 1e-5);
        const at::Tensor masks = control.narrow(1, 8, 64);
        EXPECT_TRUE(at::equal(masks, trace["condition"].narrow(1, 8, 64))) << name;
        EXPECT_TRUE(std::ranges::is_sorted(told));
        EXPECT_DOUBLE_EQ(told.back(), 1);
    }
}

TEST(VaceControl, MistakesInWhatIsGivenAreSeen) {
    const auto seen = [](const std::string& name,
                         const std::string& mistake,
                         const std::function<void(RunInputs&)>& change) {
        RunInputs inputs = inputs_of(name);
        change(inputs);
        const double error = errors_of(test::wan_directory("vace"), name, inputs).latents;
        // Of one frame the mask tells nothing (pictures.h), and its latents are one in five.
        EXPECT_GT(error, 4 * latent_tolerance) << mistake << " passes for right";
        std::cout << "| mistake: " << mistake << " | " << error << " | " << latent_tolerance << " |\n";
    };
    seen("both", "no last picture", [](RunInputs& inputs) { inputs.pictures.erase(role_last_image); });
    seen("both", "no first picture", [](RunInputs& inputs) { inputs.pictures.erase(role_image); });
    seen("extended", "the clip's last frame alone", [](RunInputs& inputs) {
        auto& clip = inputs.pictures.at(role_clip);
        clip.erase(clip.begin(), clip.end() - 1);
    });
    seen("extended", "the clip backwards", [](RunInputs& inputs) {
        std::ranges::reverse(inputs.pictures.at(role_clip));
    });
    seen("text", "a picture where there is none", [](RunInputs& inputs) {
        inputs.pictures = inputs_of("first").pictures;
    });
}

TEST(VaceTransformer, MistakesInTheControlBranchAreSeen) {
    const auto error_with = [](const std::function<void(CheckpointCopy&)>& change) {
        const test::ScratchFolder folder("rushes-vace-");
        CheckpointCopy copy(test::wan_directory("vace") / "transformer");
        change(copy);
        copy.write(folder.path);
        const WanTrace trace("vace/transformer");
        const wan::Transformer transformer = test::load_transformer(folder.path);
        const at::Tensor input = at::cat({trace["latents"], trace["control"]}, 1);
        const auto text = transformer.text_context(trace["text"]);
        return test::parity_error(
            test::forward_once(transformer, input, trace["timestep"], text), trace["out"]
        );
    };
    const auto swap = [](CheckpointCopy& copy, const std::string& a, const std::string& b) {
        std::swap(copy.weights.at(a), copy.weights.at(b));
    };
    const std::vector<std::pair<std::string, std::function<void(CheckpointCopy&)>>> mistakes{
        {"hints exchanged",
         [&](auto& c) { swap(c, "vace_blocks.0.proj_out.weight", "vace_blocks.1.proj_out.weight"); }},
        {"no hint from the second block",
         [](auto& c) { c.weights.at("vace_blocks.1.proj_out.weight").zero_(); }},
        {"a hint after the wrong layer", [](auto& c) { c.config["vace_layers"] = {0, 1}; }},
        {"what is controlled left out", [](auto& c) { c.weights.at("vace_blocks.0.proj_in.weight").zero_(); }
        },
        {"tables of clip and control exchanged",
         [&](auto& c) { swap(c, "vace_blocks.1.scale_shift_table", "blocks.1.scale_shift_table"); }},
        {"control attends to the text by the clip's keys",
         [](auto& c) {
             c.weights.at("vace_blocks.1.attn2.to_k.weight") = c.weights.at("blocks.1.attn2.to_k.weight");
         }},
        {"masks before the latents",
         [](auto& c) {
             at::Tensor& w = c.weights.at("vace_patch_embedding.weight");
             w = at::cat({w.narrow(1, 8, 64), w.narrow(1, 0, 8)}, 1).contiguous();
         }},
    };
    ASSERT_LT(error_with([](auto&) {}), 1e-5);
    for (const auto& [mistake, change] : mistakes) {
        const double error = error_with(change);
        EXPECT_GT(error, 1e-3) << mistake << " passes for right";
        std::cout << "| mistake: " << mistake << " | " << error << " | 1e-05 |\n";
    }
}

TEST(VaceTransformer, AgreesInAllTypes) {
    const WanTrace trace("vace/transformer");
    const auto out = [&](at::ScalarType dtype) {
        const wan::Transformer transformer =
            test::load_transformer(test::wan_directory("vace") / "transformer", dtype);
        const auto wide = [&](const at::Tensor& tensor) {
            return dtype == at::kDouble ? tensor.to(dtype) : tensor;
        };
        const at::Tensor input = wide(at::cat({trace["latents"], trace["control"]}, 1));
        const auto text = transformer.text_context(wide(trace["text"]));
        return test::forward_once(transformer, input, trace["timestep"], text);
    };
    EXPECT_PARITY(out(at::kFloat), trace["out"], 1e-5);
    EXPECT_PARITY(out(at::kDouble), trace["out_f64"], 1e-10);
    const auto error = [&](const at::Tensor& x) {
        return (x.to(at::kDouble) - trace["out_f64"]).square().mean().sqrt().item<double>();
    };
    EXPECT_LT(error(out(at::kBFloat16)), 1.2 * error(trace["out_bf16"]));
}

TEST(VaceTransformer, ReadAgainGivesTheSameNumbers) {
    const WanTrace trace("vace/transformer");
    wan::Transformer transformer = test::load_transformer(test::wan_directory("vace") / "transformer");
    const at::Tensor input = at::cat({trace["latents"], trace["control"]}, 1);
    const auto out = [&] {
        return test::forward_once(
            transformer, input, trace["timestep"], transformer.text_context(trace["text"])
        );
    };
    const at::Tensor before = out();
    transformer.reload();
    EXPECT_TRUE(at::equal(out(), before));
}

} // namespace
} // namespace rushes
