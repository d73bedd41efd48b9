// Clips that begin with a picture against diffusers (make_wan_image_fixtures.py): a picture beside the noise,
// through an image encoder, as the clean first latent frame; two pictures; pictures of another shape.
#include "models/clip_vision.h"
#include "models/wan/vae.h"
#include "parity/checkpoint_copy.h"
#include "parity/traced_run.h"
#include "schedulers/scheduler.h"
#include "support/tensor_bytes.h"

#include <gtest/gtest.h>
#include <iostream>

#include <ATen/CPUGeneratorImpl.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

using test::Errors;
using test::TracedRun;
using test::WanTrace;

constexpr double state_tolerance = 1e-5;
constexpr double latent_tolerance = 1e-4;

Errors errors_of(
    const fs::path& model, const std::string& trace_name, const std::function<void(RunInputs&)>& change = {}
) {
    const WanTrace trace(trace_name);
    const TracedRun run(trace.settings);
    const auto pipeline = load_pipeline(describe_model(model), {}, {});
    if (!change) {
        return compare(*pipeline, trace, run);
    }
    RunInputs inputs = test::inputs_of(trace);
    change(inputs);
    return compare(*pipeline, trace, run, inputs);
}

class WanPictures : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(WanPictures, AgreeWithTheReference) {
    const auto [model, name] = GetParam();
    const std::string trace_name = std::string(model) + "/" + name;
    const Errors errors = errors_of(test::wan_directory(model), trace_name);
    EXPECT_LT(errors.embeddings, 1e-5);
    EXPECT_LT(errors.image_states, state_tolerance);
    EXPECT_LT(errors.latents, latent_tolerance);
    EXPECT_LE(errors.frames, 1);
    std::cout << "| " << trace_name << ", states of the image encoder | " << errors.image_states << " | "
              << state_tolerance << " |\n| " << trace_name << ", latents | " << errors.latents << " | "
              << latent_tolerance << " |\n| " << trace_name << ", frames (levels) | " << errors.frames
              << " | 1 |\n";
    EXPECT_GT(WanTrace(trace_name)["frames"].to(at::kFloat).std().item<double>(), 20)
        << "a picture of one colour would hide errors";
}

INSTANTIATE_TEST_SUITE_P(
    Wan,
    WanPictures,
    testing::Values(
        std::pair("wan22", "picture"),
        std::pair("wan22", "picture_crop"),
        std::pair("i2v_clip", "same"),
        std::pair("i2v_clip", "crop"),
        std::pair("flf2v", "both"),
        std::pair("i2v_two", "first"),
        std::pair("i2v_two", "both")
    ),
    test::run_name
);

TEST(WanPictures, MistakesInWhatIsGivenAreSeen) {
    const auto seen = [](const std::string& model,
                         const std::string& name,
                         const std::string& mistake,
                         const std::function<void(RunInputs&)>& change) {
        const double error = errors_of(test::wan_directory(model), model + "/" + name, change).latents;
        EXPECT_GT(error, 10 * latent_tolerance) << mistake << " passes for right";
        std::cout << "| mistake: " << mistake << " | " << error << " | " << latent_tolerance << " |\n";
    };
    const auto exchange = [](RunInputs& inputs) {
        std::swap(inputs.pictures.at(role_image), inputs.pictures.at(role_last_image));
    };
    const auto drop_last = [](RunInputs& inputs) { inputs.pictures.erase(role_last_image); };
    const auto drop = [](RunInputs& inputs) { inputs.pictures.clear(); };
    const auto swap_colours = [](RunInputs& inputs) {
        Frame frame = *inputs.pictures.at(role_image).front();
        for (std::size_t i = 0; i < frame.rgb.size(); i += 3) {
            std::swap(frame.rgb[i], frame.rgb[i + 2]);
        }
        inputs.pictures.at(role_image) = {std::make_shared<const Frame>(std::move(frame))};
    };
    seen("flf2v", "both", "first and last picture exchanged", exchange);
    seen("i2v_two", "both", "no last picture", drop_last);
    seen("wan22", "picture", "no picture", drop);
    seen("wan22", "picture", "blue for red", swap_colours);
    seen("i2v_clip", "same", "blue for red", swap_colours);
}

class WanPictureMistakes : public testing::Test {
protected:
    using Change = std::function<void(CheckpointCopy&)>;

    /// The run of a copy of the model of which one component was changed.
    static Errors error_with(
        const std::string& model, const std::string& name, const std::string& component, const Change& change
    ) {
        const test::ScratchFolder folder("rushes-picture-");
        fs::copy(test::wan_directory(model), folder.path, fs::copy_options::recursive);
        const bool of_transformers = fs::exists(folder.path / component / "model.safetensors");
        CheckpointCopy copy(
            folder.path / component,
            of_transformers ? "model.safetensors" : "diffusion_pytorch_model.safetensors"
        );
        change(copy);
        fs::remove_all(folder.path / component);
        fs::create_directories(folder.path / component);
        copy.write(folder.path / component);
        return errors_of(folder.path, model + "/" + name);
    }
};

at::Tensor& block(CheckpointCopy& copy, const std::string& name) {
    return copy.weights.at("blocks.0.attn2." + name);
}

TEST_F(WanPictureMistakes, InTheTransformerAreSeen) {
    const std::string embedder = "condition_embedder.image_embedder.";
    const std::vector<std::pair<std::string, Change>> mistakes{
        {"picture's keys and values exchanged",
         [](auto& c) { std::swap(block(c, "add_k_proj.weight"), block(c, "add_v_proj.weight")); }},
        {"norm_added_k without gain", [](auto& c) { block(c, "norm_added_k.weight").fill_(1); }},
        {"norm_added_k for norm_k",
         [](auto& c) { std::swap(block(c, "norm_added_k.weight"), block(c, "norm_k.weight")); }},
        {"picture not attended to",
         [](auto& c) {
             block(c, "add_v_proj.weight").zero_();
             block(c, "add_v_proj.bias").zero_();
         }},
        {"first norm of the image embedder skipped",
         [&](auto& c) { c.weights.at(embedder + "norm1.weight").fill_(1); }},
        {"second norm of the image embedder skipped",
         [&](auto& c) { c.weights.at(embedder + "norm2.weight").fill_(1); }},
        {"positions of the pictures dropped", [&](auto& c) { c.weights.at(embedder + "pos_embed").zero_(); }},
        {"mask behind the picture's latents",
         [](auto& c) {
             at::Tensor& w = c.weights.at("patch_embedding.weight");
             w = at::cat({w.narrow(1, 0, 4), w.narrow(1, 8, 4), w.narrow(1, 4, 4)}, 1).contiguous();
         }},
    };
    ASSERT_LT(error_with("flf2v", "both", "transformer", [](auto&) {}).latents, latent_tolerance);
    for (const auto& [mistake, change] : mistakes) {
        const double error = error_with("flf2v", "both", "transformer", change).latents;
        EXPECT_GT(error, 10 * latent_tolerance) << mistake << " passes for right";
        std::cout << "| mistake: " << mistake << " | " << error << " | " << latent_tolerance << " |\n";
    }
}

TEST_F(WanPictureMistakes, InTheImageEncoderAreSeen) {
    const std::vector<std::pair<std::string, Change>> mistakes{
        {"norm before the layers skipped", [](auto& c) { c.weights.at("pre_layrnorm.weight").fill_(1); }},
        {"no state of the whole", [](auto& c) { c.weights.at("embeddings.class_embedding").zero_(); }},
        {"the other activation", [](auto& c) { c.config["hidden_act"] = "quick_gelu"; }},
        {"one layer more",
         [](auto& c) {
             c.config["num_hidden_layers"] = 4;
             for (const auto& [name, tensor] : std::map(c.weights)) {
                 if (name.starts_with("encoder.layers.2.")) {
                     c.weights["encoder.layers.3." + name.substr(17)] = tensor;
                 }
             }
         }},
        {"patch read column before row",
         [](auto& c) {
             at::Tensor& w = c.weights.at("embeddings.patch_embedding.weight");
             w = w.transpose(2, 3).contiguous();
         }},
    };
    ASSERT_LT(error_with("i2v_clip", "crop", "image_encoder", [](auto&) {}).image_states, state_tolerance);
    for (const auto& [mistake, change] : mistakes) {
        const double error = error_with("i2v_clip", "crop", "image_encoder", change).image_states;
        EXPECT_GT(error, 10 * state_tolerance) << mistake << " passes for right";
        std::cout << "| mistake: " << mistake << " | " << error << " | " << state_tolerance << " |\n";
    }
}

/// The first step of a run with the picture as the first latent frame, by hand.
TEST(WanPictureAsFirstFrame, TimestepAndLatentsOfTheFirstFrameMatter) {
    const WanTrace trace("wan22/picture_crop");
    const TracedRun run(trace.settings);
    const fs::path model = test::wan_directory("wan22");
    const wan::Transformer transformer = test::load_transformer(model / "transformer");
    const auto config =
        wan::read_pipeline_config(model, JsonConfig::read(model / "model_index.json", "model_index.json"));
    auto generator = at::make_generator<at::CPUGeneratorImpl>(run.pass.seed);
    const at::Tensor noise = at::randn({1, 5, 2, 6, 4}, generator, at::kFloat);
    const auto scheduler = make_scheduler(config.scheduler, run.pass.steps, {});
    const float t = scheduler->timesteps().front();
    const auto error_of = [&](const at::Tensor& first, const at::Tensor& timesteps) {
        const at::Tensor input = at::cat({first, noise.narrow(2, 1, 1)}, 2);
        const at::Tensor v = test::forward_once(
            transformer, input, timesteps, transformer.text_context(trace["prompt_embeds"])
        );
        const float step = scheduler->sigmas()[1] - scheduler->sigmas()[0];
        return test::parity_error(noise + v * step, trace["latents.0"]);
    };
    const at::Tensor picture = trace["condition"];
    const at::Tensor clean_first = at::tensor({0.0F, t});
    EXPECT_LT(error_of(picture, clean_first), latent_tolerance);
    EXPECT_GT(error_of(picture, at::tensor({t})), 10 * latent_tolerance) << "one timestep for all frames";
    EXPECT_GT(error_of(noise.narrow(2, 0, 1), clean_first), 10 * latent_tolerance) << "the picture left out";
}

/// Masks and latents beside the noise, of one picture and of two.
TEST(WanPictureChannels, AreThoseOfTheReference) {
    for (const std::string name : {"first", "both"}) {
        const WanTrace trace("i2v_two/" + name);
        const TracedRun run(trace.settings);
        const auto vae = wan::Vae::load(test::wan_directory("i2v_two") / "vae", {}, wan::VaeParts::encoder);
        const wan::PictureSetting setting{at::kCPU, run.pass.width, run.pass.height};
        const wan::StartPictures pictures = wan::start_pictures(test::inputs_of(trace), 1);
        const at::Tensor channels =
            wan::picture_channels(*vae->encoder(), pictures, run.pass.frames, setting, {});
        EXPECT_PARITY(channels, trace["condition"], 1e-5);
        EXPECT_TRUE(at::equal(channels.narrow(1, 0, 4), trace["condition"].narrow(1, 0, 4)));
        EXPECT_THROW(vae->decoder(), Error) << "it was loaded without";
    }
}

TEST(WanPictures, AModelThatNeedsSomeIsNotRunWithout) {
    for (const char* const model : {"i2v_two", "flf2v"}) {
        const auto pipeline = load_pipeline(describe_model(test::wan_directory(model)), {}, {});
        Pass pass;
        pass.width = 48;
        pass.height = 48;
        pass.frames = 5;
        pass.steps = 1;
        EXPECT_THROW(pipeline->denoise(pass, pipeline->condition({"a", ""}, {})), Error) << model;
    }
}

TEST(WanStartPictures, OfAClipAreItsLastFramesInWholePieces) {
    RunInputs inputs;
    for (int i = 0; i < 12; ++i) {
        inputs.pictures[role_clip].push_back(std::make_shared<const Frame>(Frame{1, 1, i, {0, 0, 0}}));
    }
    const auto begin_with = [&](std::size_t most) {
        return wan::start_pictures(inputs, most).first.front()->index;
    };
    EXPECT_EQ(wan::start_pictures(inputs, 1).first.size(), 1U);
    EXPECT_EQ(begin_with(1), 11);
    EXPECT_EQ(begin_with(4), 11);
    EXPECT_EQ(begin_with(5), 7);
    EXPECT_EQ(begin_with(100), 3) << "nine of twelve";
    EXPECT_TRUE(wan::start_pictures({}, 9).empty());
}

TEST(WanPictures, TheTransformerAloneAgreesInAllTypes) {
    const WanTrace trace("flf2v/transformer");
    const auto out = [&](at::ScalarType dtype) {
        const wan::Transformer transformer =
            test::load_transformer(test::wan_directory("flf2v") / "transformer", dtype);
        const auto wide = [&](const char* name) {
            return dtype == at::kDouble ? trace[name].to(dtype) : trace[name];
        };
        const wan::TextContext text = transformer.text_context(wide("text"), {}, wide("image"));
        return test::forward_once(transformer, wide("latents"), trace["timestep"], text);
    };
    EXPECT_PARITY(out(at::kFloat), trace["out"], 1e-5);
    EXPECT_PARITY(out(at::kDouble), trace["out_f64"], 1e-10);
    const auto error = [&](const at::Tensor& x) {
        return (x.to(at::kDouble) - trace["out_f64"]).square().mean().sqrt().item<double>();
    };
    EXPECT_LT(error(out(at::kBFloat16)), 1.2 * error(trace["out_bf16"]));
}

/// What encoding takes is foretold from the channels of the layers.
TEST(WanPictures, EncodingTakesTheMemoryThatWasForetold) {
    for (const char* const name : {"i2v_two", "wan22"}) {
        const ModelInfo info = describe_model(test::wan_directory(name));
        Pass pass;
        pass.start = PassStart::inputs;
        pass.width = 256;
        pass.height = 192;
        pass.frames = 9;
        pass.steps = 1;
        const auto vae = wan::Vae::load(test::wan_directory(name) / "vae", {}, wan::VaeParts::encoder);
        const test::TensorBytes bytes;
        const auto encoder = vae->encoder();
        encoder->encode_next(at::zeros({1, 3, 1, pass.height, pass.width}), {});
        encoder->encode_next(at::zeros({1, 3, 4, pass.height, pass.width}), {});
        const double foretold =
            info.cost(pass, {.device = "cuda:0", .residency = Residency::all}).encode.bytes;
        const auto counted = static_cast<double>(bytes.peak());
        std::cout << "| " << name << ", encoding | foretold " << foretold / 1e6 << " MB | counted "
                  << counted / 1e6 << " MB |\n";
        EXPECT_GT(foretold, 0.75 * counted);
        EXPECT_LT(foretold, 1.5 * counted);
    }
}

} // namespace
} // namespace rushes
