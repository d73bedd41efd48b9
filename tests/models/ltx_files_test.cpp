// LTX-Video directories as they are published and saved, and what may be wrong with one.
#include "base/json_config.h"
#include "models/ltx/config.h"
#include "models/ltx/presets.h"
#include "models/ltx/tensor_list.h"
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

const fs::path fixtures = fs::path(RUSHES_SOURCE_DIR) / "tests/parity/fixtures/ltx";

class LtxFiles : public test::ModelFiles {
protected:
    LtxFiles() : ModelFiles("ltx-video") {
        fs::copy(fixtures / "ltx095", model_, fs::copy_options::recursive);
    }
};

TEST_F(LtxFiles, ADirectoryIsDescribed) {
    const ModelInfo info = describe_model(model_);
    EXPECT_EQ(info.family, "ltx");
    EXPECT_EQ(info.lattice.size_multiple, 32);
    EXPECT_EQ(info.lattice.frame_stride, 8);
    EXPECT_EQ(info.lattice.nearest_frames(100), 97); // 8k + 1
    EXPECT_EQ(info.lattice.nearest_size({700, 500}), (PictureSize{704, 512}));
    EXPECT_FALSE(info.causal);
    EXPECT_TRUE(info.takes_loras);
    EXPECT_EQ(info.schedulers.front(), "flow-euler");
    EXPECT_GT(info.default_guidance, 1);
}

TEST_F(LtxFiles, ADistilledCheckpointIsKnownByItsName) {
    const fs::path distilled = folder_.path / "LTX-Video-0.9.7-Distilled";
    fs::rename(model_, distilled);
    const ModelInfo info = describe_model(distilled);
    EXPECT_EQ(info.schedulers.front(), "ltx-distilled");
    EXPECT_EQ(info.default_steps, 8);
    EXPECT_EQ(info.default_guidance, 1);
}

/// vae/config.json of 0.9.0 was written before there were keys of the decoder's own.
TEST_F(LtxFiles, TheFirstConfigLeavesTheDecoderToTheDefaults) {
    const auto all = ltx::presets();
    const auto first = std::ranges::find(all, "2b-0.9.0", &ModelPreset::name);
    const ltx::VaeConfig vae =
        ltx::read_vae_config(JsonConfig::parse(first->files.at("vae/config.json"), "vae/config.json"));
    ASSERT_EQ(vae.up.size(), 4u);
    EXPECT_EQ(vae.decoder_channels(), 512);
    EXPECT_FALSE(vae.up[0].doubles);
    EXPECT_EQ(vae.up[3].out, 128);
    EXPECT_EQ(vae.pixel_stride(), 32);
    EXPECT_EQ(vae.frame_stride(), 8);
}

std::uint64_t parameters(const std::string& preset, const std::string& component) {
    const auto all = ltx::presets();
    const auto model = std::ranges::find(all, preset, &ModelPreset::name);
    const auto found = std::ranges::find(model->components, component, &ModelPreset::Component::directory);
    std::uint64_t count = 0;
    for (const TensorShape& tensor : found->tensors) {
        count += tensor.bytes() / dtype_bytes(tensor.dtype);
    }
    return count;
}

/// Counted from diffusers' and transformers' own modules.
TEST(LtxPresets, HaveAsManyParametersAsThePublishedCheckpoints) {
    EXPECT_EQ(parameters("2b-0.9.0", "transformer"), 1'923'385'472u);
    EXPECT_NEAR(static_cast<double>(parameters("13b-0.9.7", "transformer")), 13042.6e6, 0.1e6);
    EXPECT_NEAR(static_cast<double>(parameters("2b-0.9.0", "vae")), 419.2e6, 0.1e6);
    EXPECT_NEAR(static_cast<double>(parameters("2b-0.9.5", "vae")), 1246.9e6, 0.1e6);
    EXPECT_NEAR(static_cast<double>(parameters("2b-0.9.0", "text_encoder")), 4762.3e6, 0.1e6);
}

TEST(LtxPresets, HoldTheTensorsThatTheReferenceWrites) {
    for (const char* const name : {"ltx090", "ltx091", "ltx095"}) {
        const fs::path directory = fixtures / name;
        const ltx::PipelineConfig config = ltx::read_pipeline_config(
            directory, JsonConfig::read(directory / "model_index.json", "model_index.json")
        );
        const auto compare = [&](const std::string& component, const std::vector<TensorShape>& tensors) {
            std::map<std::string, std::vector<std::int64_t>> ours;
            for (const TensorShape& tensor : tensors) {
                ours[tensor.name] = tensor.shape;
            }
            std::map<std::string, std::vector<std::int64_t>> theirs;
            const WeightIndex index = index_weights(directory / component);
            for (const auto& [key, place] : index.places) {
                theirs[key] = index.entry(place).shape;
            }
            EXPECT_EQ(ours, theirs) << name << ' ' << component;
        };
        compare("transformer", ltx::transformer_tensors(config.transformer, TensorDtype::bf16));
        compare("vae", ltx::vae_tensors(config.vae, TensorDtype::f32));
    }
}

TEST_F(LtxFiles, WhatIsWrongIsSaidInOneSentence) {
    struct Case {
        const char* file;
        std::function<void(json&)> spoil;
        const char* said;
    };

    const std::vector<Case> cases{
        {"model_index.json", [](json& j) { j["text_encoder"][1] = "UMT5EncoderModel"; }, "text_encoder"},
        {"model_index.json", [](json& j) { j["vae"][1] = "AutoencoderKLWan"; }, "vae"},
        {"vae/config.json", [](json& j) { j["latent_channels"] = 16; }, "latents have 16"},
        {"vae/config.json", [](json& j) { j["patch_size_t"] = 2; }, "patch_size_t"},
        {"vae/config.json", [](json& j) { j["upsample_factor"] = {2, 2}; }, "has 2 values"},
        {"vae/config.json", [](json& j) { j["upsample_factor"] = {2, 2, 3}; }, "upsample_factor"},
        {"vae/config.json",
         [](json& j) { j["decoder_block_out_channels"] = {8, 12, 32}; },
         "timestep_conditioning"},
        {"vae/config.json", [](json& j) { j["downsample_type"][0] = "mean"; }, "mean"},
        {"vae/config.json", [](json& j) { j["spatial_compression_ratio"] = 16; }, "must be 32"},
        {"vae/config.json", [](json& j) { j["down_block_types"][0] = "DownBlock"; }, "down_block_types"},
        {"transformer/config.json", [](json& j) { j["qk_norm"] = "layer_norm"; }, "qk_norm"},
        {"transformer/config.json", [](json& j) { j["cross_attention_dim"] = 30; }, "must be 28"},
        {"transformer/config.json", [](json& j) { j["patch_size"] = 2; }, "patch_size"},
        {"transformer/config.json", [](json& j) { j["out_channels"] = 4; }, "out_channels"},
        {"scheduler/scheduler_config.json",
         [](json& j) { j["_class_name"] = "DDIMScheduler"; },
         "FlowMatchEuler"},
    };
    for (const Case& wrong : cases) {
        SCOPED_TRACE(wrong.said);
        const json before = json::parse(std::ifstream(model_ / wrong.file));
        change(wrong.file, wrong.spoil);
        const std::string said = message();
        EXPECT_THAT(said, HasSubstr(wrong.said));
        EXPECT_EQ(std::ranges::count(said, '\n'), 0);
        std::ofstream(model_ / wrong.file) << before;
    }
    EXPECT_EQ(message(), "no error");
}

TEST_F(LtxFiles, TheLargeTransformerWithTheFirstVaeIsRefused) {
    change("transformer/config.json", [](json& j) {
        j["num_attention_heads"] = 32;
        j["attention_head_dim"] = 128;
        j["cross_attention_dim"] = 4096;
    });
    fs::copy(
        fixtures / "ltx090/vae",
        model_ / "vae",
        fs::copy_options::recursive | fs::copy_options::overwrite_existing
    );
    EXPECT_THAT(message(), HasSubstr("13B"));
    EXPECT_THAT(message(), HasSubstr("0.9.0"));
}

} // namespace
} // namespace rushes
