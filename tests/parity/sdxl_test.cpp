// Stills of SDXL against diffusers (make_sdxl_fixtures.py): each network alone, then whole runs of every
// kind, latents after every step and the picture; and the mistakes that must not pass.
#include "animatediff_fixture.h"
#include "models/sd_xl/config.h"
#include "models/unet/kl_vae.h"
#include "models/unet/unet.h"
#include "support/message_of.h"
#include "support/scratch_folder.h"
#include "support/tensor_file.h"
#include "text/clip_encoder.h"

#include <functional>
#include <gmock/gmock.h>

namespace rushes {
namespace {

using namespace test; // NOLINT(google-build-using-namespace): what these tests are made of

constexpr double module_tolerance = 1e-5;
constexpr const char* still_prompt = "a red ball over the sea";
const fs::path base = fixture_path("sdxl/base");

SafetensorsFile trace_of(const std::string& name) {
    return SafetensorsFile(base / (name + ".safetensors"));
}

JsonConfig config_of(const std::string& component) {
    return JsonConfig::read(base / component / "config.json", component + "/config.json");
}

/// A copy of the directory whose files may be other ones.
class Sdxl : public testing::Test {
protected:
    Sdxl() {
        for (const char* const part :
             {"unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "scheduler"}) {
            fs::copy(base / part, directory_ / part, fs::copy_options::recursive);
        }
        fs::copy(base / "model_index.json", directory_);
    }

    void schedule(const std::string& class_name, const std::string& more) const {
        write_file(
            directory_ / "scheduler" / "scheduler_config.json",
            R"({"_class_name": ")" + class_name + R"(", "num_train_timesteps": 1000, "beta_start": 0.00085,
                "beta_end": 0.012, "beta_schedule": "scaled_linear")" +
                more + "}"
        );
    }

    /// Another text in place of one in a file.
    void exchange(const fs::path& file, const std::string& from, const std::string& to) const {
        std::string text = read_file(directory_ / file);
        const std::size_t at = text.find(from);
        ASSERT_NE(at, std::string::npos) << file << " lacks " << from;
        write_file(directory_ / file, text.replace(at, from.size(), to));
    }

    std::string message() const {
        return message_of([&] { describe_model(directory_); });
    }

    const ScratchFolder folder_{"rushes-sdxl-"};
    const fs::path directory_ = folder_.path;
};

Conditioning
conditioned(Pipeline& pipeline, const SafetensorsFile& trace, const std::string& shown = still_prompt) {
    return pipeline.condition({shown, trace.header().metadata.at("negative"), true}, {});
}

void expect_still(Pipeline& pipeline, const std::string& name, const std::string& scheduler) {
    const SafetensorsFile trace = trace_of(name);
    const Conditioning text = conditioned(pipeline, trace);
    const auto& states = std::any_cast<const TextEmbeddings&>(text);
    EXPECT_PARITY(states.prompt, trace.tensor("prompt"), text_tolerance);
    EXPECT_PARITY(states.pooled_prompt, trace.tensor("pooled"), text_tolerance);
    if (trace.tensor("negative").any().item<bool>()) {
        EXPECT_PARITY(states.negative, trace.tensor("negative"), text_tolerance);
        EXPECT_PARITY(states.pooled_negative, trace.tensor("pooled_negative"), text_tolerance);
    } else {
        EXPECT_FALSE(states.negative.any().item<bool>());
        EXPECT_FALSE(states.pooled_negative.any().item<bool>());
    }
    const Errors errors = run(pipeline, trace, pass_of(trace, scheduler), text);
    EXPECT_LT(errors.latents, latent_tolerance) << name;
    EXPECT_LE(errors.frames, 1) << name;
    EXPECT_GT(trace.tensor("frames").to(at::kFloat).std().item<double>(), 20)
        << "one colour would hide errors";
    std::cout << "| SDXL, " << name << ", latents | " << errors.latents << " | " << latent_tolerance
              << " |\n| SDXL, " << name << ", picture (levels) | " << errors.frames << " | 1 |\n";
}

/// Where the reference's own fp32 shows, two processors may be as far apart as each is from the truth.
double allowed(const SafetensorsFile& trace, const std::string& key) {
    return std::max(module_tolerance, 2 * parity_error(trace.tensor(key), trace.tensor(key + ".f64")));
}

void expect_stage(const SafetensorsFile& trace, const std::string& key, const at::Tensor& ours) {
    EXPECT_PARITY(ours, trace.tensor(key + ".f64"), allowed(trace, key));
    std::cout << "| SDXL, " << key << " | " << parity_error(ours, trace.tensor(key + ".f64")) << " | "
              << allowed(trace, key) << " |\n";
}

TEST(SdxlStages, TextEncodersAgree) {
    const SafetensorsFile trace = trace_of("stages");
    for (const auto& [part, name] : {std::pair("text_encoder", "text"), {"text_encoder_2", "text_2"}}) {
        const ClipEncoder encoder = load_clip_encoder(base / part);
        const at::Tensor tensor = trace.tensor(std::string(name) + ".ids").contiguous();
        const std::span ids(tensor.const_data_ptr<std::int64_t>(), static_cast<std::size_t>(tensor.numel()));
        const ClipEncoder::States states = encoder.states(ids);
        const std::string penultimate = std::string(name) + ".penultimate";
        expect_stage(trace, penultimate, states.penultimate);
        EXPECT_GT(parity_error(encoder.forward(ids, 1), trace.tensor(penultimate)), 1e-3)
            << "SDXL takes them without the final norm";
        if (encoder.config().projection_dim > 0) {
            expect_stage(trace, "text_2.pooled", encoder.pooled(ids, states.last));
            EXPECT_GT(
                parity_error(encoder.pooled(ids, states.penultimate), trace.tensor("text_2.pooled")), 1e-3
            ) << "pooled is the last state, not the penultimate";
        }
    }
}

class SdxlUNet : public testing::Test {
protected:
    at::Tensor run(const UNet& unet, double timestep, const PictureSizes& sizes) const {
        TextContext text = unet.text_context(trace_.tensor("text"));
        if (unet.config().added) {
            text.added = unet.added(trace_.tensor("pooled"), sizes);
        }
        return unet.forward({trace_.tensor("latents").unsqueeze(2), timestep}, text).squeeze(2);
    }

    const SafetensorsFile trace_ = trace_of("stages");
    const WeightStore store_{base / "unet"};
    const UNetConfig config_ = read_unet_config(config_of("unet"));
    static constexpr PictureSizes sizes_{16, 24, 3, 5, 32, 40};
};

TEST_F(SdxlUNet, Agrees) {
    const UNet unet(store_.root(), store_.root(), config_);
    store_.expect_all_used();
    expect_stage(trace_, "added", unet.added(trace_.tensor("pooled"), sizes_));
    for (const int t : {999, 17}) {
        expect_stage(trace_, "unet." + std::to_string(t), run(unet, t, sizes_));
    }
}

TEST_F(SdxlUNet, MistakesAreSeen) {
    const at::Tensor wanted = trace_.tensor("unet.17");
    const auto error = [&](const std::function<void(UNetConfig&)>& seed, const PictureSizes& sizes) {
        UNetConfig wrong = config_;
        seed(wrong);
        return parity_error(run(UNet(store_.root(), store_.root(), wrong), 17, sizes), wanted);
    };
    const auto right = [](UNetConfig&) {};
    constexpr double seen = 1e-3;
    ASSERT_LT(error(right, sizes_), seen / 10);
    EXPECT_GT(error(right, {24, 16, 3, 5, 32, 40}), seen) << "height and width exchanged";
    EXPECT_GT(error(right, {16, 24, 0, 0, 32, 40}), seen) << "what was cut off forgotten";
    EXPECT_GT(error(right, {32, 40, 3, 5, 16, 24}), seen) << "original and target exchanged";
    EXPECT_GT(error([](UNetConfig& c) { c.transformer_layers = {1, 1, 1}; }, sizes_), seen);
    EXPECT_GT(error([](UNetConfig& c) { c.transformer_layers = {1, 2, 2}; }, sizes_), seen);
    EXPECT_GT(error([](UNetConfig& c) { c.heads = {1, 1, 4}; }, sizes_), seen);
    EXPECT_GT(error([](UNetConfig& c) { c.heads = {1, 2, 2}; }, sizes_), seen);
    EXPECT_GT(error([](UNetConfig& c) { c.added.reset(); }, sizes_), seen) << "time alone";
}

TEST(SdxlStages, AutoencoderAgrees) {
    const SafetensorsFile trace = trace_of("stages");
    const KlVaeConfig config = read_kl_vae_config(config_of("vae"));
    EXPECT_EQ(config.scaling_factor, 0.13025);
    const WeightStore store(base / "vae");
    expect_stage(
        trace, "decoded", KlDecoder(store.root(), config).forward(trace.tensor("latents") * 0.13025)
    );
}

TEST(SdxlStills, AgreeWithEveryScheduler) {
    const auto pipeline = load_pipeline(describe_model(base), {}, {});
    expect_still(*pipeline, "euler", "");
    expect_still(*pipeline, "empty", "");
    expect_still(*pipeline, "lightning", "lightning");
    expect_still(*pipeline, "lcm", "lcm");
}

TEST_F(Sdxl, TurboAgrees) {
    schedule("EulerAncestralDiscreteScheduler", R"(, "timestep_spacing": "trailing")");
    const auto pipeline = load_pipeline(describe_model(directory_), {}, {});
    expect_still(*pipeline, "one", "");
    expect_still(*pipeline, "turbo", "");
}

TEST_F(Sdxl, ThatPredictsVAgrees) {
    schedule(
        "DDIMScheduler",
        R"(, "prediction_type": "v_prediction", "clip_sample": false, "set_alpha_to_one": false, "steps_offset": 1)"
    );
    const auto pipeline = load_pipeline(describe_model(directory_), {}, {});
    expect_still(*pipeline, "v", "");
}

/// LCM's UNet alone, put into a directory of SDXL, whose scheduler stays Euler's.
TEST_F(Sdxl, ThatIsToldTheGuidanceAgrees) {
    const SafetensorsFile weights(base / "unet" / "diffusion_pytorch_model.safetensors");
    NamedTensors all;
    for (const TensorEntry& entry : weights.header().tensors) {
        all[entry.name] = weights.tensor(entry.name);
    }
    const std::string more = "time_embedding.cond_proj.weight";
    all[more] = trace_of("told_weights").tensor(more);
    write_safetensors(directory_ / "unet" / "diffusion_pytorch_model.safetensors", all);
    exchange("unet/config.json", R"("time_cond_proj_dim": null)", R"("time_cond_proj_dim": 10)");
    const ModelInfo info = describe_model(directory_);
    EXPECT_EQ(info.schedulers.front(), "lcm");
    EXPECT_EQ(info.default_guidance, 8);
    const auto pipeline = load_pipeline(info, {}, {});
    expect_still(*pipeline, "told", "");
    const SafetensorsFile trace = trace_of("told");
    Pass pass = pass_of(trace, "");
    pass.guidance_scale = 7;
    EXPECT_GT(run(*pipeline, trace, pass, conditioned(*pipeline, trace)).latents, 10 * latent_tolerance)
        << "another guidance";
}

TEST(SdxlStills, AgreeWithLorasOnUNetAndBothTextEncoders) {
    const std::vector<LoraFile> loras{{base / "kohya.safetensors", 0.7}, {base / "own.safetensors", -0.4}};
    const ModelInfo info = describe_model(base);
    const auto pipeline = load_pipeline(info, {.loras = loras}, {});
    expect_still(*pipeline, "lora", "");
    pipeline->change_loras({}, {});
    expect_still(*pipeline, "euler", "");
    pipeline->change_loras({{base / "own.safetensors", -0.4}, {base / "kohya.safetensors", 0.7}}, {});
    expect_still(*pipeline, "lora", "");
}

TEST(SdxlStills, MistakesAreSeen) {
    const auto pipeline = load_pipeline(describe_model(base), {}, {});
    const SafetensorsFile trace = trace_of("euler");
    const Conditioning text = conditioned(*pipeline, trace);
    const auto right = std::any_cast<TextEmbeddings>(text);
    const Pass pass = pass_of(trace, "");
    const auto error = [&](const TextEmbeddings& states) {
        return run(*pipeline, trace, pass, Conditioning(states)).latents;
    };
    constexpr double seen = 10 * latent_tolerance;
    ASSERT_LT(error(right), latent_tolerance);
    TextEmbeddings wrong = right;
    std::swap(wrong.pooled_prompt, wrong.pooled_negative);
    EXPECT_GT(error(wrong), seen) << "pooled texts exchanged";
    wrong = right;
    wrong.negative = at::zeros_like(right.negative);
    EXPECT_GT(error(wrong), seen) << "a negative prompt that is there as zeros";
    wrong = right;
    wrong.prompt = at::cat({right.prompt.narrow(2, 12, 20), right.prompt.narrow(2, 0, 12)}, 2);
    EXPECT_GT(error(wrong), seen) << "text encoders in the other order";
    Pass turned = pass;
    turned.scheduler = "lightning";
    EXPECT_GT(run(*pipeline, trace, turned, text).latents, seen) << "steps from the end";
    EXPECT_FALSE(right.negative.equal(
        std::any_cast<TextEmbeddings>(pipeline->condition({still_prompt, "", true}, {})).negative
    ));
}

/// Longer than a chunk, with weights: as many numbers for both prompts, and pooled by the first chunk.
TEST(SdxlStills, TakeLongAndWeightedPrompts) {
    const auto pipeline = load_pipeline(describe_model(base), {}, {});
    std::string words;
    for (int i = 0; i < 60; ++i) {
        words += "a red ball, ";
    }
    const auto states = std::any_cast<TextEmbeddings>(pipeline->condition({words, "blurry", true}, {}));
    EXPECT_GT(states.prompt.size(1), 77);
    EXPECT_EQ(states.prompt.sizes(), states.negative.sizes());
    EXPECT_EQ(states.pooled_prompt.sizes(), (at::IntArrayRef{1, 10}));
    const auto plain = std::any_cast<TextEmbeddings>(pipeline->condition({"a red ball", "", false}, {}));
    const auto weighty =
        std::any_cast<TextEmbeddings>(pipeline->condition({"a (red:1.4) ball", "", false}, {}));
    EXPECT_GT(parity_error(weighty.prompt, plain.prompt), 1e-2);
    EXPECT_FALSE(plain.negative.defined());
}

} // namespace
} // namespace rushes
