// Motion modules and checkpoints of Stable Diffusion as people have them: beside each other, in the tree of
// ComfyUI, alone, for another base. Files of the published size are all header: their numbers take no disk.
#include "base/atomic_file.h"
#include "base/error.h"
#include "models/animatediff/directory_texts.h"
#include "models/animatediff/presets.h"
#include "models/registry.h"
#include "models/unet/original_names.h"
#include "models/unet/published_shapes.h"
#include "support/hollow_file.h"
#include "text/clip_config.h"
#include "text/letters_tokenizer.h"

#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

using Tensors = std::vector<TensorShape>;

/// The tensors under what others call them.
Tensors renamed(const Tensors& tensors, const WeightNames& names, const std::string& prefix) {
    Tensors result = tensors;
    for (TensorShape& tensor : result) {
        const std::size_t layer = tensor.name.rfind('.');
        tensor.name =
            prefix + names.maps.front().foreign(tensor.name.substr(0, layer)) + tensor.name.substr(layer);
    }
    return result;
}

Tensors original_motion(const MotionConfig& config) {
    return renamed(motion_tensors(config, TensorDtype::f16), motion_names(), "");
}

Tensors original_checkpoint() {
    Tensors all = renamed(
        unet_tensors(unet_sd15(), TensorDtype::f16), unet_names(unet_sd15()), "model.diffusion_model."
    );
    for (Tensors part :
         {renamed(
              kl_vae_tensors(kl_vae_sd15(), TensorDtype::f16),
              kl_vae_names(kl_vae_sd15()),
              "first_stage_model."
          ),
          clip_tensors(clip_large(), TensorDtype::f16)}) {
        for (TensorShape& tensor : part) {
            tensor.name =
                (tensor.name.starts_with("text_model.") ? "cond_stage_model.transformer." : "") + tensor.name;
        }
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

class AnimateDiffFiles : public testing::Test {
protected:
    void SetUp() override {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
        ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
        ::setenv("HF_HUB_CACHE", (folder_ / "hub").c_str(), 1);
    }

    void TearDown() override {
        for (const char* const name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "HF_HUB_CACHE"}) {
            ::unsetenv(name);
        }
        fs::remove_all(folder_);
    }

    fs::path write_shapes(const fs::path& path, const Tensors& tensors) const {
        return test::write_hollow(folder_ / path, tensors);
    }

    /// A directory of Stable Diffusion, without motion, and its adapter's folder beside it.
    void write_tiny() const {
        const std::vector<ModelPreset> all = animatediff::presets();
        const fs::path directory = folder_ / "sd";
        write_random_model(*std::ranges::find(all, "tiny", &ModelPreset::name), directory, {}, {});
        fs::rename(directory / "motion_adapter", folder_ / "adapter");
        std::string index = read_file(directory / "model_index.json");
        const std::string name = "AnimateDiffPipeline";
        write_file(
            directory / "model_index.json",
            index.replace(index.find(name), name.size(), "StableDiffusionPipeline")
        );
    }

    static std::string refusal(const fs::path& file) {
        try {
            find_model(file.string());
            return "found";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return std::string(error.what()) + " " + error.hint();
        }
    }

    const fs::path folder_ = fs::temp_directory_path() / ("rushes-animatediff-" + std::to_string(::getpid()));
};

TEST_F(AnimateDiffFiles, AnAdaptersFolderFindsStableDiffusionBesideIt) {
    write_tiny();
    const ModelInfo info = find_model((folder_ / "adapter").string());
    EXPECT_EQ(info.family, "animatediff");
    EXPECT_EQ(info.id, "adapter");
    EXPECT_EQ(info.default_steps, 8);
    EXPECT_EQ(fs::canonical(info.part("motion_adapter")), fs::canonical(folder_ / "adapter"));
    EXPECT_EQ(fs::canonical(info.part("unet")), fs::canonical(folder_ / "sd" / "unet"));
    EXPECT_EQ(find_model((folder_ / "adapter").string()).hash, info.hash) << "made once, found again";
    EXPECT_EQ(add_model(folder_ / "adapter").id, "adapter");
    EXPECT_EQ(find_model("adapter").hash, info.hash) << "on the list now";
}

TEST_F(AnimateDiffFiles, WhatAModuleWasMadeForItsNameSays) {
    write_tiny();
    const fs::path weights = folder_ / "adapter" / "diffusion_pytorch_model.safetensors";
    const auto named = [&](const std::string& name) {
        fs::copy_file(weights, folder_ / name, fs::copy_options::overwrite_existing);
        return find_model((folder_ / name).string());
    };
    const ModelInfo plain = named("v3_sd15_mm.safetensors");
    EXPECT_EQ(plain.schedulers.front(), "ddim");
    EXPECT_EQ(plain.default_guidance, 7.5);
    for (const int steps : {1, 2, 4, 8}) {
        const ModelInfo info =
            named("animatediff_lightning_" + std::to_string(steps) + "step_comfyui.safetensors");
        EXPECT_EQ(info.schedulers.front(), "euler");
        EXPECT_EQ(info.default_steps, steps);
        EXPECT_TRUE(info.fixed_steps);
        EXPECT_EQ(info.default_guidance, 1);
    }
    const ModelInfo lcm = named("AnimateLCM_sd15_t2v.safetensors");
    EXPECT_EQ(lcm.schedulers.front(), "lcm");
    EXPECT_EQ(lcm.default_steps, 6);
    EXPECT_EQ(lcm.default_guidance, 1.5);
}

TEST_F(AnimateDiffFiles, InTheTreeOfComfyUiFindEachOther) {
    const fs::path checkpoint =
        write_shapes("ui/models/checkpoints/dreamshaper_8.safetensors", original_checkpoint());
    EXPECT_THAT(
        refusal(checkpoint),
        AllOf(HasSubstr("is a checkpoint of Stable Diffusion 1.5"), HasSubstr("no motion module was found"))
    );
    const fs::path motion =
        write_shapes("ui/models/animatediff_models/mm_sd_v15_v2.ckpt", original_motion(motion_sd15(true)));
    for (const fs::path& file : {checkpoint, motion}) {
        EXPECT_THAT(refusal(file), HasSubstr("holds no tokenizer"));
    }
    for (const auto& [path, text] : letters_tokenizer_files("ui/comfy/sd1_tokenizer/")) {
        fs::create_directories((folder_ / path).parent_path());
        write_file(folder_ / path, text);
    }
    for (const fs::path& file : {checkpoint, motion}) {
        const ModelInfo info = find_model(file.string());
        EXPECT_EQ(info.family, "animatediff");
        // 0.860 + 0.453 + 0.123 + 0.084 billion numbers of two bytes (model cards; v2 has a module in the
        // middle)
        EXPECT_NEAR(static_cast<double>(info.weight_bytes), 2 * 1.520e9, 2 * 0.01e9);
        EXPECT_EQ(info.lattice.sizes.front(), (PictureSize{512, 512}));
        EXPECT_EQ(info.default_frames, 16);
    }
}

TEST_F(AnimateDiffFiles, AloneAskForTheOtherHalf) {
    const fs::path motion = write_shapes("alone/mm.safetensors", original_motion(motion_sd15(false)));
    EXPECT_THAT(
        refusal(motion),
        AllOf(
            HasSubstr("is a motion module for Stable Diffusion 1.5"),
            HasSubstr("no such model was found beside it"),
            HasSubstr("Put a directory or a checkpoint")
        )
    );
    EXPECT_THAT(refusal(motion), testing::Not(HasSubstr("Of another kind")));
    fs::create_directories(folder_ / "alone/sd-turbo/unet");
    write_file(folder_ / "alone/sd-turbo/unet/config.json", R"({"_class_name": "UNet2DConditionModel"})");
    EXPECT_THAT(refusal(motion), HasSubstr("Of another kind are: 'sd-turbo'."));
}

TEST_F(AnimateDiffFiles, OfAnotherBaseAreRefusedByOneSentence) {
    MotionConfig sdxl = motion_sd15(false);
    sdxl.block_channels = {320, 640, 1280};
    EXPECT_THAT(
        refusal(write_shapes("mm_sdxl_v10_beta.safetensors", original_motion(sdxl))),
        HasSubstr("is a motion module for SDXL")
    );
    Tensors sparse = original_motion(motion_sd15(false));
    sparse.push_back({"controlnet_cond_embedding.weight", TensorDtype::f16, {8}});
    EXPECT_THAT(refusal(write_shapes("sparsectrl.safetensors", sparse)), HasSubstr("SparseCtrl"));
    const auto checkpoint =
        [&](const std::string& name, std::int64_t channels, const std::string& layer, std::int64_t width) {
            const std::string unet = "model.diffusion_model.";
            return refusal(write_shapes(
                name + ".safetensors",
                {{unet + "input_blocks.0.0.weight", TensorDtype::f16, {320, channels, 3, 3}},
                 {unet + "input_blocks.1.0.in_layers.0.weight", TensorDtype::f16, {320}},
                 {unet + layer + ".transformer_blocks.0.attn2.to_k.weight", TensorDtype::f16, {640, width}}}
            ));
        };
    EXPECT_THAT(
        checkpoint("v2-1_768", 4, "input_blocks.1.1", 1024), HasSubstr("a checkpoint of Stable Diffusion 2")
    );
    EXPECT_THAT(checkpoint("sd_xl_base", 4, "input_blocks.4.1", 2048), HasSubstr("a checkpoint of SDXL"));
    const Tensors v_of_sd15{
        {"model.diffusion_model.input_blocks.0.0.weight", TensorDtype::f16, {320, 4, 3, 3}},
        {"model.diffusion_model.input_blocks.1.0.in_layers.0.weight", TensorDtype::f16, {320}},
        {"model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight",
         TensorDtype::f16,
         {320, 768}},
        {"v_pred", TensorDtype::f16, {1}}
    };
    EXPECT_THAT(refusal(write_shapes("v15.safetensors", v_of_sd15)), HasSubstr("predicts v"));
    EXPECT_THAT(checkpoint("inpainting", 9, "input_blocks.1.1", 768), HasSubstr("for filling in pictures"));
}

TEST_F(AnimateDiffFiles, TheModelSaysHowLongAPromptIs) {
    write_tiny();
    const ModelInfo info = find_model((folder_ / "adapter").string());
    ASSERT_TRUE(info.prompt_meter);
    const PromptLength short_one = info.prompt_meter("red");
    EXPECT_EQ(short_one.pieces, 3); // this tokenizer knows single letters
    EXPECT_EQ(short_one.chunk, 75);
    EXPECT_EQ(short_one.chunks, 1);
    EXPECT_EQ(info.prompt_meter("").pieces, 0);
    EXPECT_EQ(info.prompt_meter(std::string(76, 'x')).chunks, 2);
    EXPECT_EQ(info.prompt_meter("(red:1.3)").pieces, 3) << "weights are no text";
    EXPECT_FALSE(info.default_negative.empty());
}

} // namespace
} // namespace rushes
