// What the tests of AnimateDiff share: the fixtures of make_animatediff_fixtures.py, and how a run is
// compared with a trace of the reference.
#pragma once

#include "base/atomic_file.h"
#include "models/pipeline.h"
#include "models/registry.h"
#include "models/text_embeddings.h"
#include "support/parity.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

#include <ATen/ATen.h>

namespace rushes::test {

namespace fs = std::filesystem;

inline constexpr double text_tolerance = 1e-5;
inline constexpr double latent_tolerance = 1e-4;
inline constexpr const char* prompt = "a red ball bounces over the sea";
inline constexpr const char* negative = "blurry, low quality";

inline fs::path whole() {
    return fixture_path("animatediff/whole");
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
                fixture_path("animatediff/beside") / component, path_ / component, fs::copy_options::recursive
            );
        }
        write_index("CLIPTextModel");
    }

    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;

    ~Beside() { fs::remove_all(path_); }

    const fs::path& path() const { return path_; }

    /// The motion modules as their authors save them.
    void take_original_motion() const {
        fs::copy_file(
            fixture_path("animatediff/beside/motion_original.safetensors"),
            path_ / "motion_adapter" / "diffusion_pytorch_model.safetensors",
            fs::copy_options::overwrite_existing
        );
    }

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

inline Pass pass_of(const SafetensorsFile& trace, const std::string& scheduler) {
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

inline fs::path beside_file(const std::string& name) {
    return fixture_path("animatediff/beside/" + name + ".safetensors");
}

/// Worst difference of the latents of any step, and of the frames in levels.
struct Errors {
    double latents = 0;
    double frames = 0;
};

inline Errors
run(Pipeline& pipeline, const SafetensorsFile& trace, const Pass& pass, const Conditioning& text) {
    Errors errors;
    const at::Tensor wanted = trace.tensor("latents");
    const auto denoising = pipeline.denoise(pass, text);
    denoising->begin_block(0);
    for (int step = 0; step < denoising->steps(); ++step) {
        denoising->step(0, step, {});
        errors.latents = std::max(errors.latents, parity_error(denoising->finish_block(0, {}), wanted[step]));
    }
    const at::Tensor latents = denoising->finish_block(0, {});
    const auto decoder = pipeline.decoder(pass);
    std::vector<at::Tensor> pictures;
    for (std::int64_t t = 0; t < latents.size(2); ++t) {
        pictures.push_back(decoder->decode_next(latents.narrow(2, t, 1), {}));
    }
    const at::Tensor frames = at::cat(pictures).to(at::kCPU, at::kInt);
    const at::Tensor reference = trace.tensor("frames").to(at::kInt);
    errors.frames =
        frames.sizes() == reference.sizes() ? (frames - reference).abs().max().item<double>() : INFINITY;
    return errors;
}

inline void expect_agreement(
    Pipeline& pipeline,
    const SafetensorsFile& trace,
    const std::string& name,
    const Pass& pass,
    const std::string& shown = prompt
) {
    const Conditioning text = pipeline.condition({shown, negative, true}, {});
    const auto& states = std::any_cast<const TextEmbeddings&>(text);
    EXPECT_PARITY(states.prompt, trace.tensor("prompt"), text_tolerance);
    EXPECT_PARITY(states.negative, trace.tensor("negative"), text_tolerance);
    const Errors errors = run(pipeline, trace, pass, text);
    EXPECT_LT(errors.latents, latent_tolerance) << name;
    EXPECT_LE(errors.frames, 1) << name;
    EXPECT_GT(trace.tensor("frames").to(at::kFloat).std().item<double>(), 20)
        << "one colour would hide errors";
    std::cout << "| " << name << ", latents | " << errors.latents << " | " << latent_tolerance << " |\n| "
              << name << ", frames (levels) | " << errors.frames << " | 1 |\n";
}

} // namespace rushes::test
