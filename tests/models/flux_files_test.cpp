// Directories of FLUX.1 as they are published, and what may be wrong with one.
#include "models/flux/config.h"
#include "models/flux/presets.h"
#include "models/flux/tensor_list.h"
#include "models/unet/published_shapes.h"
#include "nn/weights/weight_index.h"
#include "support/model_files.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

const fs::path fixture = fs::path(RUSHES_SOURCE_DIR) / "tests/parity/fixtures/flux/schnell";

class FluxFiles : public test::ModelFiles {
protected:
    FluxFiles() : ModelFiles("flux") { fs::copy(fixture, model_, fs::copy_options::recursive); }
};

TEST_F(FluxFiles, ADirectoryIsDescribed) {
    const ModelInfo info = describe_model(model_);
    EXPECT_EQ(info.family, "flux");
    EXPECT_EQ(info.lattice.max_frames, 1);
    EXPECT_EQ(info.lattice.size_multiple, 4); // twice the autoencoder's
    EXPECT_EQ(info.default_steps, 4);
    EXPECT_EQ(info.default_guidance, 1);
    EXPECT_FALSE(info.guidance_adjustable);
    EXPECT_EQ(info.tiers.front().steps, 1);
    EXPECT_EQ(info.schedulers.front(), "flow-euler");
}

TEST_F(FluxFiles, DevIsRefusedWithWhatItTakes) {
    change("transformer/config.json", [](json& j) { j["guidance_embeds"] = true; });
    EXPECT_THAT(message(), testing::AllOf(HasSubstr("FLUX.1-dev"), HasSubstr("3.5"), HasSubstr("50 steps")));
}

TEST_F(FluxFiles, WhatDoesNotBelongTogetherIsRefused) {
    change("transformer/config.json", [](json& j) { j["joint_attention_dim"] = 4096; });
    EXPECT_THAT(message(), HasSubstr("the second text encoder gives 12 numbers"));
    change("transformer/config.json", [](json& j) {
        j["joint_attention_dim"] = 12;
        j["pooled_projection_dim"] = 768;
    });
    EXPECT_THAT(message(), HasSubstr("the first text encoder gives 12 numbers"));
    change("transformer/config.json", [](json& j) {
        j["pooled_projection_dim"] = 12;
        j["in_channels"] = 24;
    });
    EXPECT_THAT(message(), HasSubstr("takes 24 channels"));
    change("transformer/config.json", [](json& j) {
        j["in_channels"] = 16;
        j["axes_dims_rope"] = {2, 4, 8};
    });
    EXPECT_THAT(message(), HasSubstr("axes_dims_rope"));
    change("transformer/config.json", [](json& j) { j["axes_dims_rope"] = {2, 4, 6}; });
    EXPECT_EQ(message(), "no error");
    change("model_index.json", [](json& j) { j["text_encoder_2"] = {nullptr, nullptr}; });
    EXPECT_THAT(message(), HasSubstr("text_encoder_2"));
}

/// T5's last shard: the largest file, and the one that a broken download lacks.
TEST_F(FluxFiles, MissingShardsAreNamed) {
    const fs::path text = model_ / "text_encoder_2";
    fs::rename(text / "model.safetensors", text / "model-00001-of-00002.safetensors");
    std::ofstream(text / "model.safetensors.index.json")
        << R"({"weight_map": {"shared.weight": "model-00001-of-00002.safetensors",
                              "encoder.final_layer_norm.weight": "model-00002-of-00002.safetensors"}})";
    EXPECT_THAT(message(), HasSubstr("model-00002-of-00002.safetensors"));
}

Pass still(int side, int steps) {
    Pass pass;
    pass.width = pass.height = side;
    pass.frames = 1;
    pass.steps = steps;
    return pass;
}

TEST_F(FluxFiles, CostsWhatItComputes) {
    const ModelInfo info = describe_model(model_);
    const auto work = [&](int side, int steps) { return info.cost(still(side, steps), {}).denoise.flop; };
    EXPECT_DOUBLE_EQ(work(64, 4), 4 * work(64, 1));
    EXPECT_GT(work(128, 1), work(64, 1));
}

std::map<std::string, std::vector<std::int64_t>> shapes_of(const std::vector<TensorShape>& tensors) {
    std::map<std::string, std::vector<std::int64_t>> shapes;
    for (const TensorShape& tensor : tensors) {
        shapes[tensor.name] = tensor.shape;
    }
    return shapes;
}

TEST(FluxPresets, HoldTheTensorsThatTheReferenceWrites) {
    const flux::PipelineConfig config = flux::read_pipeline_config(
        fixture, JsonConfig::read(fixture / "model_index.json", "model_index.json")
    );
    const auto compare = [&](const std::string& component, const std::vector<TensorShape>& tensors) {
        std::map<std::string, std::vector<std::int64_t>> theirs;
        const WeightIndex index = index_weights(fixture / component);
        for (const auto& [key, place] : index.places) {
            theirs[key] = index.entry(place).shape;
        }
        EXPECT_EQ(shapes_of(tensors), theirs) << component;
    };
    compare("transformer", flux::transformer_tensors(config.transformer, TensorDtype::f32));
    compare("vae", kl_vae_tensors(config.vae, TensorDtype::f32));
}

std::uint64_t parameters(const std::string& component) {
    const auto all = flux::presets();
    const auto model = std::ranges::find(all, "schnell", &ModelPreset::name);
    const auto found = std::ranges::find(model->components, component, &ModelPreset::Component::directory);
    std::uint64_t count = 0;
    for (const TensorShape& tensor : found->tensors) {
        count += tensor.bytes() / dtype_bytes(tensor.dtype);
    }
    return count;
}

/// Counted from diffusers' own modules.
TEST(FluxPresets, HaveAsManyParametersAsThePublishedCheckpoint) {
    EXPECT_EQ(parameters("transformer"), 11'891'178'560u);
    EXPECT_EQ(parameters("vae"), 83'819'683u);
}

TEST(FluxPresets, AreDirectoriesThatCanBeDescribed) {
    const test::ScratchFolder folder("rushes-flux-random-");
    const auto all = flux::presets();
    write_random_model(*std::ranges::find(all, "tiny", &ModelPreset::name), folder.path / "tiny", {}, {});
    const ModelInfo info = describe_model(folder.path / "tiny");
    EXPECT_EQ(info.family, "flux");
    EXPECT_TRUE(fs::exists(folder.path / "tiny" / "tokenizer_2"));
}

} // namespace
} // namespace rushes
