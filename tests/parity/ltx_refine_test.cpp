// Clips in two passes with the latent upsampler, against diffusers (make_ltx_refine_fixtures.py), and the
// mistakes that must not pass.
#include "generation/plan.h"
#include "models/ltx/upsampler.h"
#include "parity/checkpoint_copy.h"
#include "parity/ltx_fixture.h"
#include "support/message_of.h"
#include "support/scratch_folder.h"
#include "support/work_counter.h"

#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace rushes::ltx {
namespace {

using ::testing::HasSubstr;

UpsamplerConfig small_config() {
    return read_upsampler_config(
        JsonConfig::read(directory_of("upscaler") / upsampler_part / "config.json", "config.json")
    );
}

std::shared_ptr<const Upsampler> upsampler(
    const fs::path& source = directory_of("upscaler") / upsampler_part, at::ScalarType type = at::kFloat
) {
    return Upsampler::load(small_config(), source, {.dtype = type});
}

/// [1, C, T, h, w] as features, and back.
at::Tensor features(const at::Tensor& latents) {
    return latents.select(0, 0).permute({1, 2, 3, 0}).contiguous();
}

at::Tensor latents(const at::Tensor& features) {
    return features.permute({3, 0, 1, 2}).unsqueeze(0);
}

class LtxUpsampler : public testing::Test {
protected:
    at::Tensor larger(const Upsampler& upsampler, const std::stop_token& stop = {}) const {
        return latents(upsampler.forward(features(trace_.tensor("latents")), stop));
    }

    const SafetensorsFile trace_{test::fixture_path("ltx/upscaler/upsampler.safetensors")};
};

TEST_F(LtxUpsampler, AgreesWithTheReference) {
    const at::Tensor out = larger(*upsampler());
    EXPECT_PARITY(out, trace_.tensor("larger"), stage_tolerance);
    print_row("upsampler", parity_error(out, trace_.tensor("larger")), stage_tolerance);
    const at::Tensor small = features(trace_.tensor("latents"));
    EXPECT_PARITY(latents(with_statistics_of(small, features(out))), trace_.tensor("like"), stage_tolerance);
    EXPECT_PARITY(latents(tone_mapped(features(out), 0.6)), trace_.tensor("toned"), stage_tolerance);
}

TEST_F(LtxUpsampler, AgreesInFp64) {
    const auto exact = upsampler(directory_of("upscaler") / upsampler_part, at::kDouble);
    EXPECT_PARITY(larger(*exact), trace_.tensor("larger_f64"), 1e-10);
}

TEST_F(LtxUpsampler, MistakesAreSeen) {
    const auto error_with = [&](const std::function<void(CheckpointCopy&)>& spoil) {
        const test::ScratchFolder folder("rushes-ltx-upsampler-");
        CheckpointCopy copy(directory_of("upscaler") / upsampler_part);
        spoil(copy);
        copy.write(folder.path);
        return parity_error(larger(*upsampler(folder.path)), trace_.tensor("larger"));
    };
    EXPECT_LT(error_with([](CheckpointCopy&) {}), stage_tolerance);
    EXPECT_GT(
        error_with([](CheckpointCopy& copy) {
            at::Tensor& wider = copy.weights.at("upsampler.0.weight"); // rows and columns swapped
            wider = wider.view({-1, 2, 2, wider.size(1), 3, 3})
                        .transpose(1, 2)
                        .reshape(wider.sizes())
                        .contiguous();
        }),
        1e-3
    );
    EXPECT_GT(
        error_with([](CheckpointCopy& copy) {
            std::swap(
                copy.weights.at("res_blocks.0.norm1.weight"), copy.weights.at("res_blocks.0.norm2.weight")
            );
        }),
        1e-3
    );
    EXPECT_GT(
        error_with([](CheckpointCopy& copy) {
            at::Tensor& cube = copy.weights.at("final_conv.weight");
            cube = cube.flip(2).contiguous(); // frames in another order
        }),
        1e-3
    );
}

TEST_F(LtxUpsampler, StopsBeforeTheNextWorkUnit) {
    const auto network = upsampler();
    EXPECT_GT(
        test::expect_stop_after_each_call([&](const std::stop_token& stop) { larger(*network, stop); }), 5
    );
}

/// A model directory with the upsampler in it.
class LtxRefined : public testing::Test {
protected:
    fs::path model(const std::string& name) {
        const fs::path path = folder_.path / name;
        fs::copy(directory_of("ltx095"), path, fs::copy_options::recursive);
        fs::copy(
            directory_of("upscaler") / upsampler_part, path / upsampler_part, fs::copy_options::recursive
        );
        return path;
    }

    static Plan plan_of(const Trace& trace, const ModelInfo& info) {
        Recipe recipe;
        recipe.width = trace.pass.width;
        recipe.height = trace.pass.height;
        recipe.frames = trace.pass.frames;
        recipe.frame_rate = trace.pass.frame_rate;
        recipe.steps = trace.pass.steps;
        recipe.guidance_scale = trace.pass.guidance_scale;
        recipe.seed = trace.pass.seed;
        if (trace.settings.integer("given", {0, 1}, 0) == 1) {
            recipe.inputs = {{.role = role_image, .hash = "0", .path = "picture.png"}};
        }
        return make_plan(recipe, info);
    }

    struct Errors {
        double small = 0;
        double refined = 0;
        double frames = 0; ///< levels of 255
    };

    static at::Tensor denoised(Denoising& denoising) {
        denoising.begin_block(0);
        for (int step = 0; step < denoising.steps(); ++step) {
            denoising.step(0, step, {});
        }
        return denoising.finish_block(0, {});
    }

    static Errors
    compare(const fs::path& directory, const Trace& trace, const std::function<void(Pass&)>& change = {}) {
        const ModelInfo info = describe_model(directory);
        Plan plan = plan_of(trace, info);
        EXPECT_EQ(plan.passes.size(), 2U);
        if (change) {
            change(plan.passes[1]);
        }
        const auto pipeline = load_pipeline(info, {}, {});
        const Conditioning conditioning = pipeline->condition(
            {trace.settings.text("prompt"),
             trace.settings.text("negative"),
             plan.passes[0].guided(),
             inputs_of(trace)},
            {}
        );
        Errors errors;
        const at::Tensor small = denoised(*pipeline->denoise(plan.passes[0], conditioning));
        errors.small = parity_error(small, trace["small"]);
        const auto refining = pipeline->denoise(plan.passes[1], conditioning, small);
        EXPECT_EQ(refining->steps(), plan.passes[1].steps);
        const at::Tensor refined = denoised(*refining);
        errors.refined = parity_error(refined, trace["refined"]);
        const at::Tensor frames = decoded(*pipeline, plan.passes[1], refined).to(at::kInt);
        const at::Tensor reference = trace["frames"].to(at::kInt);
        errors.frames =
            frames.sizes() == reference.sizes() ? (frames - reference).abs().max().item<double>() : INFINITY;
        return errors;
    }

    void expect_parity(const fs::path& directory, const std::string& run) const {
        const Trace trace("upscaler/" + run);
        const Errors errors = compare(directory, trace);
        EXPECT_LT(errors.small, latent_tolerance) << run;
        EXPECT_LT(errors.refined, latent_tolerance) << run;
        EXPECT_LE(errors.frames, 1) << run;
        print_row(run + ", small latents", errors.small, latent_tolerance);
        print_row(run + ", refined latents", errors.refined, latent_tolerance);
        print_row(run + ", frames (levels)", errors.frames, 1);
    }

    const test::ScratchFolder folder_{"rushes-ltx-refined-"};
};

TEST_F(LtxRefined, AgreesWithTheReference) {
    const fs::path directory = model("LTX-Video-0.9.7-dev");
    expect_parity(directory, "refined");
    expect_parity(directory, "refined_picture");
}

TEST_F(LtxRefined, OfADistilledCheckpointAgreesWithTheReference) {
    const fs::path directory = model("LTX-Video-0.9.8-13B-distilled");
    expect_parity(directory, "refined_distilled");
    expect_parity(directory, "refined_distilled_picture");
}

TEST_F(LtxRefined, MistakesAreSeen) {
    const Trace trace("upscaler/refined");
    const fs::path directory = model("LTX-Video-0.9.7-dev");
    const auto error = [&](const std::function<void(Pass&)>& change) {
        return compare(directory, trace, change).refined;
    };
    EXPECT_GT(error([](Pass& pass) { pass.seed += 1; }), 0.1);
    EXPECT_GT(error([](Pass& pass) { pass.guidance_scale += 1; }), 10 * latent_tolerance);
    // What only the distilled get, and the other list of steps.
    const Trace distilled("upscaler/refined_distilled");
    EXPECT_GT(compare(model("LTX-Video-0.9.7-distilled"), distilled).refined, 10 * latent_tolerance)
        << "tones are drawn in from version 0.9.8 on";
    const auto with_other_steps = [](Pass& pass) { pass.scheduler = "flow-euler"; };
    EXPECT_GT(
        compare(model("LTX-Video-0.9.8-distilled"), distilled, with_other_steps).refined,
        10 * latent_tolerance
    );
}

TEST_F(LtxRefined, ThePlanHasASmallPassAndOneThatRefines) {
    const ModelInfo info = describe_model(model("LTX-Video-0.9.7-dev"));
    ASSERT_TRUE(info.refinement);
    EXPECT_EQ(info.lattice.size_multiple, 64) << "half of it must be on the transformer's lattice";
    Recipe recipe;
    recipe.width = 704;
    recipe.height = 512;
    const Plan plan = make_plan(recipe, info);
    ASSERT_EQ(plan.passes.size(), 2U);
    EXPECT_EQ(plan.passes[0].width, 352);
    EXPECT_EQ(plan.passes[0].steps, info.default_steps);
    EXPECT_EQ(plan.passes[1].width, 704);
    EXPECT_EQ(plan.passes[1].start, PassStart::previous);
    EXPECT_EQ(plan.passes[1].steps, 4);
    EXPECT_GT(plan.pass_work[1].encode, 0) << "making latents larger is work, too";
    Recipe direct = recipe;
    direct.draft = false;
    const Plan one = make_plan(direct, info);
    ASSERT_EQ(one.passes.size(), 1U);
    EXPECT_EQ(one.passes[0].width, 704);
    EXPECT_LT(plan.work, one.work) << "40 steps of a quarter of the size and four of the whole";
}

TEST_F(LtxRefined, TheUpsamplerBesideTheModelIsFound) {
    const fs::path directory = folder_.path / "LTX-Video-0.9.7-dev";
    fs::copy(directory_of("ltx095"), directory, fs::copy_options::recursive);
    EXPECT_FALSE(describe_model(directory).refinement);
    const std::string alone = describe_model(directory).hash;
    const fs::path beside = folder_.path / "ltxv-spatial-upscaler-0.9.7";
    fs::create_directories(beside);
    fs::copy(directory_of("upscaler") / upsampler_part, beside / upsampler_part, fs::copy_options::recursive);
    const ModelInfo info = describe_model(directory);
    EXPECT_TRUE(info.refinement);
    EXPECT_NE(info.hash, alone) << "other clips come of it";
    // The first versions were not made for it.
    const fs::path first = folder_.path / "LTX-Video";
    fs::copy(directory_of("ltx090"), first, fs::copy_options::recursive);
    EXPECT_FALSE(describe_model(first).refinement);
}

TEST_F(LtxRefined, AnUpsamplerThatDoesNotFitIsRefused) {
    const fs::path directory = model("LTX-Video-0.9.7-dev");
    const auto refused = [&](const std::string& key, const nlohmann::json& value) {
        const fs::path file = directory / upsampler_part / "config.json";
        const nlohmann::json before = nlohmann::json::parse(std::ifstream(file));
        nlohmann::json config = before;
        config[key] = value;
        std::ofstream(file) << config;
        const std::string message = test::message_of([&] { describe_model(directory); });
        std::ofstream(file) << before;
        return message;
    };
    EXPECT_THAT(refused("in_channels", 16), HasSubstr("for latents of 16 channels"));
    EXPECT_THAT(refused("temporal_upsample", true), HasSubstr("makes more frames, not larger ones"));
    EXPECT_THAT(refused("dims", 2), HasSubstr("see frames together"));
    EXPECT_THAT(refused("mid_channels", 40), HasSubstr("multiple of 32"));
    EXPECT_THAT(refused("_class_name", "LTX2LatentUpsamplerModel"), HasSubstr("LTXLatentUpsamplerModel"));
}

} // namespace
} // namespace rushes::ltx
