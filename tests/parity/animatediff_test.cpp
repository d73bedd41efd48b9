// Whole runs of AnimateDiff against diffusers (make_animatediff_fixtures.py): text, latents after every step,
// frames; a directory saved whole and an adapter beside Stable Diffusion, four ways to step, with and without
// guidance.
#include "base/atomic_file.h"
#include "base/error.h"
#include "models/animatediff/denoising.h"
#include "models/pipeline.h"
#include "models/registry.h"
#include "support/parity.h"

#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iostream>
#include <string>
#include <unistd.h>

#include <ATen/ATen.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

constexpr double text_tolerance = 1e-5;
constexpr double latent_tolerance = 1e-4;
constexpr const char* prompt = "a red ball bounces over the sea";
constexpr const char* negative = "blurry, low quality";

fs::path whole() {
    return test::fixture_path("animatediff/whole");
}

/// A directory of Stable Diffusion with a motion adapter in it, put together from the fixtures.
class Beside {
public:
    Beside() {
        fs::create_directories(path_);
        for (const char* component : {"text_encoder", "tokenizer", "vae", "scheduler"}) {
            fs::copy(whole() / component, path_ / component, fs::copy_options::recursive);
        }
        for (const char* component : {"unet", "motion_adapter"}) {
            fs::copy(
                test::fixture_path("animatediff/beside") / component,
                path_ / component,
                fs::copy_options::recursive
            );
        }
        write_index("CLIPTextModel");
    }

    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;

    ~Beside() { fs::remove_all(path_); }

    const fs::path& path() const { return path_; }

    void write_index(const std::string& text_encoder) const {
        write_file(
            path_ / "model_index.json",
            R"({"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"],
                "vae": ["diffusers", "AutoencoderKL"], "text_encoder": ["transformers", ")" +
                text_encoder + R"("],
                "tokenizer": ["transformers", "CLIPTokenizer"], "scheduler": ["diffusers", "PNDMScheduler"],
                "safety_checker": [null, null], "feature_extractor": [null, null]})"
        );
    }

private:
    fs::path path_ = fs::temp_directory_path() / ("rushes-beside-" + std::to_string(::getpid()));
};

Pass pass_of(const SafetensorsFile& trace, const std::string& scheduler) {
    const auto number = [&](const char* key) { return std::stod(trace.header().metadata.at(key)); };
    Pass pass;
    pass.width = static_cast<int>(number("width"));
    pass.height = static_cast<int>(number("height"));
    pass.frames = static_cast<int>(number("num_frames"));
    pass.steps = static_cast<int>(number("num_inference_steps"));
    pass.guidance_scale = number("guidance_scale");
    pass.seed = 5;
    pass.scheduler = scheduler;
    return pass;
}

/// Worst difference of the latents of any step, and of the frames in levels.
struct Errors {
    double latents = 0;
    double frames = 0;
};

Errors run(Pipeline& pipeline, const SafetensorsFile& trace, const Pass& pass, const Conditioning& text) {
    Errors errors;
    const at::Tensor wanted = trace.tensor("latents");
    const auto denoising = pipeline.denoise(pass, text);
    denoising->begin_block(0);
    for (int step = 0; step < pass.steps; ++step) {
        denoising->step(0, step, {});
        errors.latents =
            std::max(errors.latents, test::parity_error(denoising->finish_block(0, {}), wanted[step]));
    }
    const at::Tensor latents = denoising->finish_block(0, {});
    const auto decoder = pipeline.decoder(pass);
    std::vector<at::Tensor> pictures;
    for (std::int64_t t = 0; t < latents.size(2); ++t) {
        pictures.push_back(decoder->decode_next(latents.narrow(2, t, 1), {}));
    }
    const at::Tensor frames = at::cat(pictures).to(at::kInt);
    const at::Tensor reference = trace.tensor("frames").to(at::kInt);
    errors.frames =
        frames.sizes() == reference.sizes() ? (frames - reference).abs().max().item<double>() : INFINITY;
    return errors;
}

void expect_agreement(
    Pipeline& pipeline, const SafetensorsFile& trace, const std::string& name, const Pass& pass
) {
    const Conditioning text = pipeline.condition({prompt, negative, true}, {});
    const auto& states = std::any_cast<const animatediff::TextEmbeddings&>(text);
    EXPECT_PARITY(states.prompt, trace.tensor("prompt"), text_tolerance);
    EXPECT_PARITY(states.negative, trace.tensor("negative"), text_tolerance);
    const Errors errors = run(pipeline, trace, pass, text);
    EXPECT_LT(errors.latents, latent_tolerance) << name;
    EXPECT_LE(errors.frames, 1) << name;
    EXPECT_GT(trace.tensor("frames").to(at::kFloat).std().item<double>(), 20)
        << "one colour would hide errors";
    std::cout << "| AnimateDiff " << name << ", latents | " << errors.latents << " | " << latent_tolerance
              << " |\n| AnimateDiff " << name << ", frames (levels) | " << errors.frames << " | 1 |\n";
}

TEST(AnimateDiff, SavedWholeAgreesWithEveryScheduler) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {});
    for (const std::string name : {"ddim", "euler", "lcm"}) {
        const SafetensorsFile trace(whole() / (name + ".safetensors"));
        expect_agreement(*pipeline, trace, name, pass_of(trace, name));
    }
}

TEST(AnimateDiff, LightningAgrees) {
    const Beside copy; // for a directory that may be changed
    for (const char* part : {"unet", "model_index.json"}) {
        fs::remove_all(copy.path() / part);
        fs::copy(whole() / part, copy.path() / part, fs::copy_options::recursive);
    }
    write_file(
        copy.path() / "scheduler" / "scheduler_config.json",
        R"({"_class_name": "EulerDiscreteScheduler", "num_train_timesteps": 1000, "beta_start": 0.00085,
            "beta_end": 0.012, "beta_schedule": "linear", "timestep_spacing": "trailing"})"
    );
    const ModelInfo info = describe_model(copy.path());
    EXPECT_EQ(info.default_steps, 4);
    EXPECT_EQ(info.default_guidance, 1);
    const auto pipeline = load_pipeline(info, {}, {});
    const SafetensorsFile trace(whole() / "lightning.safetensors");
    expect_agreement(*pipeline, trace, "lightning", pass_of(trace, ""));
}

TEST(AnimateDiff, AdapterBesideStableDiffusionAgrees) {
    const Beside beside;
    const auto pipeline = load_pipeline(describe_model(beside.path()), {}, {});
    const SafetensorsFile trace(test::fixture_path("animatediff/beside/ddim.safetensors"));
    expect_agreement(*pipeline, trace, "beside", pass_of(trace, ""));
}

TEST(AnimateDiff, MistakesAreSeen) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {});
    const SafetensorsFile trace(whole() / "ddim.safetensors");
    const Pass pass = pass_of(trace, "ddim");
    const Conditioning text = pipeline->condition({prompt, negative, true}, {});
    ASSERT_LT(run(*pipeline, trace, pass, text).latents, latent_tolerance);
    const auto error = [&](void (*seed)(Pass&)) {
        Pass wrong = pass;
        seed(wrong);
        return run(*pipeline, trace, wrong, text).latents;
    };
    EXPECT_GT(error([](Pass& p) { p.seed = 6; }), 0.1);
    EXPECT_GT(error([](Pass& p) { p.guidance_scale = 8.5; }), 10 * latent_tolerance);
    EXPECT_GT(error([](Pass& p) { p.scheduler = "euler"; }), 10 * latent_tolerance);
    const auto& states = std::any_cast<const animatediff::TextEmbeddings&>(text);
    const Conditioning exchanged = animatediff::TextEmbeddings{states.negative, states.prompt};
    EXPECT_GT(run(*pipeline, trace, pass, exchanged).latents, 10 * latent_tolerance);
}

TEST(AnimateDiff, SidesOneByOneAreSidesTogether) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {});
    const Conditioning text = pipeline->condition({prompt, negative, true}, {});
    Pass large{
        .width = 256, .height = 256, .frames = 1, .steps = 1, .guidance_scale = 3, .scheduler = "ddim"
    };
    Pass small = large;
    small.width = small.height = 124;
    for (const Pass& pass : {large, small}) {
        std::vector<double> shares;
        const auto denoising = pipeline->denoise(pass, text);
        denoising->begin_block(0);
        denoising->step(0, 0, {}, [&](double share) { shares.push_back(share); });
        EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
        EXPECT_DOUBLE_EQ(shares.back(), 1);
        EXPECT_TRUE(denoising->x0_estimate().isfinite().all().item<bool>());
    }
}

TEST(AnimateDiff, LongAndWeightedPromptsTakeMoreChunks) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {});
    std::string long_prompt;
    for (int i = 0; i < 40; ++i) {
        long_prompt += "a red ball, ";
    }
    const auto text = pipeline->condition({long_prompt, "blurry", true}, {});
    const auto& states = std::any_cast<const animatediff::TextEmbeddings&>(text);
    EXPECT_GT(states.prompt.size(1), 77);
    EXPECT_EQ(states.prompt.size(1), states.negative.size(1));
    EXPECT_EQ(states.prompt.size(1) % 77, 0);
    const auto weighted = pipeline->condition({"a (red:1.5) ball", "", false}, {});
    const auto plain = pipeline->condition({"a red ball", "", false}, {});
    EXPECT_GT(
        test::parity_error(
            std::any_cast<const animatediff::TextEmbeddings&>(weighted).prompt,
            std::any_cast<const animatediff::TextEmbeddings&>(plain).prompt
        ),
        0.01
    );
}

TEST(AnimateDiff, SaysWhatTheDirectoryIs) {
    const ModelInfo info = describe_model(whole());
    EXPECT_EQ(info.family, "animatediff");
    EXPECT_EQ(info.lattice.size_multiple, 4); // two levels each
    EXPECT_EQ(info.lattice.frame_stride, 1);
    EXPECT_EQ(info.lattice.max_frames, 8);
    EXPECT_EQ(info.default_steps, 8);
    EXPECT_EQ(info.default_guidance, 7.5);
    EXPECT_EQ(info.draft.long_side, 256);
    EXPECT_EQ(info.draft.latent_frames, 4);
    EXPECT_EQ(info.draft.steps, 2);
    EXPECT_THAT(info.schedulers, testing::ElementsAre("ddim", "unipc", "euler", "lcm"));
}

TEST(AnimateDiff, RefusesWhatDoesNotBelongTogether) {
    const auto sentence = [](const fs::path& directory) -> std::string {
        try {
            describe_model(directory);
            return "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return error.what();
        }
    };
    using testing::HasSubstr;
    const Beside beside;
    EXPECT_EQ(sentence(beside.path()), "accepted");
    beside.write_index("CLIPTextModelWithProjection");
    EXPECT_THAT(sentence(beside.path()), HasSubstr("CLIPTextModelWithProjection"));
    beside.write_index("CLIPTextModel");
    const fs::path adapter = beside.path() / "motion_adapter" / "config.json";
    std::string config = read_file(adapter);
    const std::size_t at = config.find("block_out_channels");
    config.insert(config.find('[', at) + 1, "16, ");
    write_file(adapter, config);
    EXPECT_THAT(sentence(beside.path()), HasSubstr("belongs to another model"));
    fs::remove_all(beside.path() / "motion_adapter");
    EXPECT_THAT(sentence(beside.path()), HasSubstr("without a motion adapter"));
}

} // namespace
} // namespace rushes
