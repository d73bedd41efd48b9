// A whole run of a tiny Wan pipeline beside the reference's trace of it.
#pragma once

#include "parity/wan_fixture.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rushes::test {

struct TracedRun {
    explicit TracedRun(const JsonConfig& settings)
        : prompt(settings.text("prompt")), negative(settings.text("negative")) {
        const auto size = settings.integers("size", {1, 4096}, 2);
        pass.width = static_cast<int>(size[0]);
        pass.height = static_cast<int>(size[1]);
        pass.frames = static_cast<int>(settings.integer("frames", {1, 1000}));
        pass.steps = static_cast<int>(settings.integer("steps", {1, 1000}));
        pass.guidance_scale = settings.number("guidance", {0, 100});
        pass.seed = static_cast<std::uint64_t>(settings.integer("seed", {0, 1000}));
        pass.scheduler = settings.text("scheduler", "");
    }

    bool guided() const { return pass.guidance_scale > 1; }

    std::string prompt;
    std::string negative;
    Pass pass;
};

/// What a run differs by from its trace.
struct Errors {
    double embeddings = 0;
    double image_states = 0;
    double latents = 0; ///< the worst of all steps
    double frames = 0;  ///< levels of 255
};

/// [H, W, 3], bytes.
inline FramePtr frame_of(const at::Tensor& picture) {
    const at::Tensor bytes = picture.contiguous();
    Frame frame{static_cast<int>(bytes.size(1)), static_cast<int>(bytes.size(0)), 0, {}};
    const auto* const from = bytes.const_data_ptr<std::uint8_t>();
    frame.rgb.assign(from, from + bytes.numel());
    return std::make_shared<const Frame>(std::move(frame));
}

/// The pictures that the trace was made from, as a recipe's are.
inline RunInputs inputs_of(const WanTrace& trace) {
    RunInputs inputs;
    const auto has = [&](const char* name) {
        const auto& tensors = trace.file.header().tensors;
        return std::ranges::find(tensors, name, &TensorEntry::name) != tensors.end();
    };
    for (const auto& [name, role] :
         {std::pair("picture", role_image), std::pair("last_picture", role_last_image)}) {
        if (has(name)) {
            inputs.pictures[role].push_back(frame_of(trace[name]));
        }
    }
    if (has("clip")) {
        for (const at::Tensor& picture : trace["clip"].unbind()) {
            inputs.pictures[role_clip].push_back(frame_of(picture));
        }
    }
    return inputs;
}

inline Errors
compare(Pipeline& pipeline, const WanTrace& trace, const TracedRun& run, const RunInputs& inputs) {
    Errors errors;
    const Conditioning conditioning =
        pipeline.condition({run.prompt, run.negative, run.guided(), inputs}, {});
    const auto& [text, start, image_states] = std::any_cast<const wan::Conditions&>(conditioning);
    if (image_states.defined()) {
        errors.image_states = parity_error(image_states, trace["image_states"]);
    }
    errors.embeddings = parity_error(text.prompt, trace["prompt_embeds"]);
    if (run.guided()) {
        errors.embeddings =
            std::max(errors.embeddings, parity_error(text.negative, trace["negative_embeds"]));
    }
    const auto denoising = pipeline.denoise(run.pass, conditioning);
    EXPECT_EQ(denoising->blocks(), 1);
    denoising->begin_block(0);
    for (int step = 0; step < run.pass.steps; ++step) {
        denoising->step(0, step, {});
    }
    const at::Tensor latents = denoising->finish_block(0, {});
    errors.latents = parity_error(latents, trace["latents." + std::to_string(run.pass.steps - 1)]);

    const auto decoder = pipeline.decoder(run.pass);
    std::vector<at::Tensor> pictures;
    for (std::int64_t t = 0; t < latents.size(2); ++t) {
        pictures.push_back(decoder->decode_next(latents.narrow(2, t, 1), {}));
    }
    const at::Tensor frames = at::cat(pictures).to(at::kCPU, at::kInt);
    const at::Tensor reference = trace["frames"].to(at::kInt);
    errors.frames =
        frames.sizes() == reference.sizes() ? (frames - reference).abs().max().item<double>() : INFINITY;
    return errors;
}

inline Errors compare(Pipeline& pipeline, const WanTrace& trace, const TracedRun& run) {
    return compare(pipeline, trace, run, inputs_of(trace));
}

/// Model and trace, as the name of a test case: "wan21_flow_euler".
inline std::string run_name(const testing::TestParamInfo<std::pair<const char*, const char*>>& parameter) {
    std::string name = std::string(parameter.param.first) + "_" + parameter.param.second;
    std::ranges::replace(name, '-', '_');
    return name;
}

} // namespace rushes::test
