// What the tests of LTX-Video share: the fixtures of make_ltx_fixtures.py and make_ltx_refine_fixtures.py,
// and how a run of the reference is made again.
#pragma once

#include "base/json_config.h"
#include "models/ltx/config.h"
#include "models/ltx/denoising.h"
#include "models/pipeline.h"
#include "models/registry.h"
#include "models/run_inputs.h"
#include "support/parity.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace rushes::ltx {

namespace fs = std::filesystem;
using test::parity_error;

inline constexpr double stage_tolerance = 1e-5;
inline constexpr double latent_tolerance = 1e-4;

inline fs::path directory_of(const std::string& model) {
    return test::fixture_path("ltx/" + model);
}

inline PipelineConfig config_of(const fs::path& directory) {
    return read_pipeline_config(
        directory, JsonConfig::read(directory / "model_index.json", "model_index.json")
    );
}

/// The settings of a run and what the reference made of it.
struct Trace {
    explicit Trace(const std::string& name)
        : file(test::fixture_path("ltx/" + name + ".safetensors")),
          settings(JsonConfig::parse(file.header().metadata.at("settings"), name)) {
        const auto size = settings.integers("size", {1, 4096}, 2);
        pass.width = static_cast<int>(size[0]);
        pass.height = static_cast<int>(size[1]);
        pass.frames = static_cast<int>(settings.integer("frames", {1, 1000}));
        pass.steps = static_cast<int>(settings.integer("steps", {1, 1000}));
        pass.guidance_scale = settings.number("guidance", {0, 100});
        pass.seed = static_cast<std::uint64_t>(settings.integer("seed", {0, 1000}));
        pass.frame_rate = {static_cast<int>(settings.integer("fps", {1, 100})), 1};
    }

    at::Tensor operator[](const std::string& tensor) const { return file.tensor(tensor); }

    SafetensorsFile file;
    JsonConfig settings;
    Pass pass;
};

inline at::Tensor decoded(Pipeline& pipeline, const Pass& pass, const at::Tensor& latents) {
    const auto decoder = pipeline.decoder(pass);
    decoder->expect(latents);
    std::vector<at::Tensor> frames;
    for (std::int64_t t = 0; t < latents.size(2); ++t) {
        frames.push_back(decoder->decode_next(latents.narrow(2, t, 1), {}));
        EXPECT_EQ(frames.back().size(0), t == 0 ? 1 : 8);
    }
    EXPECT_FALSE(decoder->finish({}).defined());
    return at::cat(frames);
}

/// The pictures that the trace was made from, as a recipe's are.
inline RunInputs inputs_of(const Trace& trace) {
    RunInputs inputs;
    const auto given = trace.settings.integer("given", {0, 100}, 0);
    const auto last = trace.settings.integer("last", {0, 1}, 0);
    const auto within = trace.settings.has("within") ? trace.settings.integers("within", {1, 1000}, 8)
                                                     : std::vector<std::int64_t>();
    const auto keyframes = std::ssize(within);
    for (std::int64_t i = 0; i < given + keyframes + last; ++i) {
        const at::Tensor picture = trace["pictures"][i].contiguous();
        Frame frame{static_cast<int>(picture.size(1)), static_cast<int>(picture.size(0)), 0, {}};
        const auto* const from = picture.const_data_ptr<std::uint8_t>();
        frame.rgb.assign(from, from + picture.numel());
        const bool keyframe = i >= given && i < given + keyframes;
        const char* const role = keyframe     ? role_keyframe
                                 : i >= given ? role_last_image
                                 : given == 1 ? role_image
                                              : role_clip;
        frame.index = keyframe ? within[static_cast<std::size_t>(i - given)] : 0;
        inputs.pictures[role].push_back(std::make_shared<const Frame>(std::move(frame)));
    }
    return inputs;
}

inline void print_row(const std::string& stage, double error, double allowed) {
    std::cout << "| " << stage << " | " << error << " | " << allowed << " |\n";
}

} // namespace rushes::ltx
