// Checkpoints of SDXL and FLUX as people have them, in one file: whole, in parts, of other kinds. Files of
// the published size.
#include "base/error.h"
#include "models/flux/presets.h"
#include "models/flux/weight_names.h"
#include "models/registry.h"
#include "models/sd_xl/presets.h"
#include "models/unet/original_names.h"
#include "models/unet/published_shapes.h"
#include "support/hollow_file.h"
#include "support/scratch_folder.h"
#include "text/clip_config.h"
#include "text/clip_tokenizer.h"
#include "text/letters_tokenizer.h"

#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utility>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Tensors = std::vector<TensorShape>;

/// Of a component as its preset has it.
Tensors tensors_of(const std::vector<ModelPreset>& presets, const char* name, const char* component) {
    const ModelPreset& preset = *std::ranges::find(presets, name, &ModelPreset::name);
    return std::ranges::find(preset.components, component, &ModelPreset::Component::directory)->tensors;
}

/// As its authors call them: what lies together there is one tensor.
Tensors original(const Tensors& ours, const NameMap& map, const std::string& prefix) {
    Tensors result;
    for (const TensorShape& tensor : ours) {
        const std::string own = tensor.name.starts_with("text_model.") ? tensor.name.substr(11) : tensor.name;
        const std::size_t dot = own.rfind('.');
        std::string name = prefix;
        if (own == "text_projection.weight") {
            name += "text_projection";
        } else if (const auto rows = map.rows(own)) {
            name += rows->name;
        } else if (const auto layer_rows = map.rows(own.substr(0, dot))) {
            name += layer_rows->name + own.substr(dot);
        } else {
            name += map.foreign(own);
        }
        const auto before = std::ranges::find(result, name, &TensorShape::name);
        if (before != result.end()) {
            before->shape.front() += tensor.shape.front();
        } else {
            result.push_back({name, tensor.dtype, tensor.shape});
        }
    }
    return result;
}

void append(Tensors& all, const Tensors& more) {
    all.insert(all.end(), more.begin(), more.end());
}

Tensors sdxl_unet() {
    return original(
        tensors_of(sd_xl::presets(), "base", "unet"),
        unet_names(unet_sdxl()).maps.front(),
        "model.diffusion_model."
    );
}

Tensors sdxl_vae(const std::string& prefix) {
    return original(
        tensors_of(sd_xl::presets(), "base", "vae"), kl_vae_names(kl_vae_sdxl()).maps.front(), prefix
    );
}

Tensors sdxl_texts() {
    Tensors all;
    for (TensorShape tensor : tensors_of(sd_xl::presets(), "base", "text_encoder")) {
        tensor.name = "conditioner.embedders.0.transformer." + tensor.name;
        all.push_back(tensor);
    }
    append(
        all,
        original(
            tensors_of(sd_xl::presets(), "base", "text_encoder_2"),
            open_clip_names().maps.back(),
            "conditioner.embedders.1.model."
        )
    );
    return all;
}

class OriginalCheckpoint : public testing::Test {
protected:
    OriginalCheckpoint() {
        ::setenv("XDG_DATA_HOME", (folder_.path / "data").c_str(), 1);
        ::setenv("XDG_CACHE_HOME", (folder_.path / "cache").c_str(), 1);
        ::setenv("HF_HUB_CACHE", (folder_.path / "hub").c_str(), 1);
    }

    ~OriginalCheckpoint() override {
        for (const char* const name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "HF_HUB_CACHE"}) {
            ::unsetenv(name);
        }
    }

    fs::path write(const std::string& name, const Tensors& tensors) const {
        return test::write_hollow(folder_.path / name, tensors);
    }

    void write_clip_tokenizer() const {
        for (const auto& [path, text] : letters_tokenizer_files("tokenizer/")) {
            fs::create_directories((folder_.path / path).parent_path());
            write_file(folder_.path / path, text);
        }
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

    const test::ScratchFolder folder_{"rushes-original-"};
};

TEST_F(OriginalCheckpoint, OfSdxlIsAWholeModelWhoseNameSaysItsKind) {
    Tensors all = sdxl_unet();
    append(all, sdxl_vae("first_stage_model."));
    append(all, sdxl_texts());
    EXPECT_THAT(refusal(write("sd_xl_base_1.0.safetensors", all)), HasSubstr("holds no tokenizer"));
    write_clip_tokenizer();
    const ModelInfo base = find_model((folder_.path / "sd_xl_base_1.0.safetensors").string());
    EXPECT_EQ(base.family, "sd_xl");
    EXPECT_EQ(base.id, "sd_xl_base_1.0");
    // 2.567 + 0.084 + 0.123 + 0.695 billion numbers of two bytes (model card)
    EXPECT_NEAR(static_cast<double>(base.weight_bytes), 2 * 3.469e9, 2 * 0.002e9);
    EXPECT_EQ(base.default_steps, 30);
    EXPECT_EQ(base.lattice.sizes.front(), (PictureSize{1024, 1024}));
    // Behind a short text the second encoder is given "!" (OpenCLIP's padding), which is byte 33 here.
    EXPECT_THAT(load_clip_tokenizer(base.part("tokenizer")).encode("", 4), ElementsAre(512, 513, 513, 513));
    EXPECT_THAT(load_clip_tokenizer(base.part("tokenizer_2")).encode("", 4), ElementsAre(512, 513, 33, 33));
    const ModelInfo turbo = find_model(write("sd_xl_turbo_1.0_fp16.safetensors", all).string());
    EXPECT_EQ(turbo.default_steps, 1);
    EXPECT_EQ(turbo.lattice.sizes.front(), (PictureSize{512, 512}));
    const ModelInfo lightning = find_model(write("sdxl_lightning_4step.safetensors", all).string());
    EXPECT_EQ(lightning.default_steps, 4);
    EXPECT_TRUE(lightning.fixed_steps);
    EXPECT_EQ(lightning.default_guidance, 1);
}

TEST_F(OriginalCheckpoint, OfSdxlWithoutAPartLooksForIt) {
    write_clip_tokenizer();
    Tensors all = sdxl_unet();
    append(all, sdxl_texts());
    const fs::path file = write("pruned.safetensors", all);
    EXPECT_THAT(
        refusal(file),
        testing::AllOf(
            HasSubstr("'pruned.safetensors' lacks the autoencoder of SDXL"), HasSubstr("\"sdxl_vae\"")
        )
    );
    write("sdxl_vae.safetensors", sdxl_vae(""));
    EXPECT_EQ(find_model(file.string()).family, "sd_xl");
    const fs::path unet = write("lightning_4step_unet.safetensors", sdxl_unet());
    EXPECT_THAT(refusal(unet), HasSubstr("lacks the first text encoder of SDXL"));
    append(all, sdxl_vae("first_stage_model."));
    write("sd_xl_base_1.0.safetensors", all);
    EXPECT_EQ(find_model(unet.string()).default_steps, 4) << "the others are another checkpoint's";
}

/// Stable Diffusion 1.5's has the same tensors and other latents.
TEST_F(OriginalCheckpoint, TakesTheAutoencoderOfNoOtherModel) {
    write_clip_tokenizer();
    Tensors all = sdxl_unet();
    append(all, sdxl_texts());
    const fs::path file = write("pruned.safetensors", all);
    const std::string folder = "data/rushes/models/one/vae/";
    write(folder + "diffusion_pytorch_model.safetensors", tensors_of(sd_xl::presets(), "base", "vae"));
    write("vae-ft-mse-840000-ema-pruned.safetensors", sdxl_vae(""));
    write_file(folder_.path / folder / "config.json", kl_vae_config_text(kl_vae_sd15()));
    EXPECT_THAT(refusal(file), HasSubstr("lacks the autoencoder of SDXL"));
    write_file(folder_.path / folder / "config.json", kl_vae_config_text(kl_vae_sdxl()));
    EXPECT_EQ(fs::canonical(find_model(file.string()).part("vae")), fs::canonical(folder_.path / folder));
}

TEST_F(OriginalCheckpoint, FindsTheTokenizerOfNoOtherModel) {
    Tensors all = sdxl_unet();
    append(all, sdxl_vae("first_stage_model."));
    append(all, sdxl_texts());
    const fs::path file = write("a.safetensors", all);
    fs::create_directories(folder_.path / "data/rushes/models/wan/tokenizer");
    const fs::path json = folder_.path / "data/rushes/models/wan/tokenizer/tokenizer.json";
    write_file(json, R"({"model": {"type": "Unigram"}})");
    EXPECT_THAT(refusal(file), HasSubstr("none of CLIP was found"));
    write_file(json, R"({"model": {"type": "BPE"}})");
    EXPECT_THAT(refusal(file), Not(HasSubstr("none of CLIP was found")));
}

TEST_F(OriginalCheckpoint, OfAnotherKindIsRefusedByOneSentence) {
    const auto with = [&](const std::string& name, std::int64_t channels, std::int64_t width, bool v = false
                      ) {
        const std::string unet = "model.diffusion_model.";
        Tensors tensors{
            {unet + "input_blocks.0.0.weight", TensorDtype::f16, {320, channels, 3, 3}},
            {unet + "label_emb.0.0.weight", TensorDtype::f16, {1280, 2816}},
            {unet + "input_blocks.1.0.in_layers.0.weight", TensorDtype::f16, {320}},
            {unet + "input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight", TensorDtype::f16, {640, width}}
        };
        if (v) {
            tensors.push_back({"v_pred", TensorDtype::f16, {1}});
        }
        return refusal(write(name + ".safetensors", tensors));
    };
    EXPECT_THAT(with("sd_xl_refiner_1.0", 4, 1280), HasSubstr("SDXL's refiner"));
    EXPECT_THAT(with("inpainting", 9, 2048), HasSubstr("filling in pictures (9 channels)"));
    EXPECT_THAT(with("noob", 4, 2048, true), HasSubstr("predicts v"));
    // as many as diffusers counts in its UNet (len(unet.state_dict()))
    EXPECT_THAT(with("broken", 4, 2048), HasSubstr("holds 4 of the 1680 tensors that the UNet of SDXL has"));
    Tensors sd15 = original(
        unet_tensors(unet_sd15(), TensorDtype::f16),
        unet_names(unet_sd15()).maps.front(),
        "model.diffusion_model."
    );
    EXPECT_THAT(
        refusal(write("sd_xl_base_1.0.safetensors", sd15)),
        HasSubstr("is a checkpoint of Stable Diffusion 1.5")
    );
    EXPECT_THAT(
        refusal(write("lora_xl.safetensors", {{"lora_unet_a.lora_up.weight", TensorDtype::f16, {4, 4}}})),
        HasSubstr("is not a part of a model that this version knows")
    );
}

/// FLUX.1-schnell's file as its authors publish it, whose other parts lie beside it.
class FluxCheckpoint : public OriginalCheckpoint {
protected:
    static Tensors part(const char* component) { return tensors_of(flux::presets(), "schnell", component); }

    static Tensors transformer(const std::string& prefix = "") {
        return original(part("transformer"), flux::transformer_names().maps.front(), prefix);
    }

    static Tensors autoencoder(const std::string& prefix = "") {
        KlVaeConfig levels;
        levels.block_channels = {128, 256, 512, 512};
        return original(part("vae"), kl_vae_names(levels).maps.front(), prefix);
    }

    void write_t5_tokenizer() const {
        fs::create_directories(folder_.path / "tokenizer_2");
        write_file(folder_.path / "tokenizer_2" / "spiece.model", "");
    }

    static void expect_schnell(const ModelInfo& info) {
        EXPECT_EQ(info.family, "flux");
        EXPECT_EQ(info.default_steps, 4);
        // 11.891 billion numbers (model card), 0.123 and 4.763 of the text encoders, 0.084
        EXPECT_NEAR(static_cast<double>(info.weight_bytes), 2 * 16.861e9, 2 * 0.02e9);
    }
};

TEST_F(FluxCheckpoint, SaysWhichPartIsMissing) {
    const fs::path file = write("flux1-schnell.safetensors", transformer());
    EXPECT_THAT(
        refusal(file),
        testing::AllOf(HasSubstr("lacks the autoencoder of FLUX.1-schnell"), HasSubstr("\"ae.\""))
    );
    write("ae.safetensors", autoencoder());
    EXPECT_THAT(refusal(file), HasSubstr("lacks the first text encoder"));
    write("clip_l.safetensors", part("text_encoder"));
    EXPECT_THAT(refusal(file), HasSubstr("lacks the second text encoder"));
    write("t5xxl_fp16.safetensors", part("text_encoder_2"));
    EXPECT_THAT(refusal(file), HasSubstr("none of CLIP was found"));
    write_clip_tokenizer();
    EXPECT_THAT(refusal(file), HasSubstr("none of T5 was found"));
    write_t5_tokenizer();
    expect_schnell(find_model(file.string()));
}

TEST_F(FluxCheckpoint, OfComfyUiHoldsAllParts) {
    Tensors all = transformer("model.diffusion_model.");
    append(all, autoencoder("vae."));
    for (const auto& [component, prefix] :
         {std::pair("text_encoder", "text_encoders.clip_l.transformer."),
          std::pair("text_encoder_2", "text_encoders.t5xxl.transformer.")}) {
        for (TensorShape tensor : part(component)) {
            tensor.name = prefix + tensor.name;
            all.push_back(tensor);
        }
    }
    write_clip_tokenizer();
    write_t5_tokenizer();
    expect_schnell(find_model(write("flux1-schnell-all.safetensors", all).string()));
}

TEST_F(FluxCheckpoint, OfAnotherKindIsRefusedByOneSentence) {
    Tensors dev = transformer();
    dev.push_back({"guidance_in.in_layer.weight", TensorDtype::bf16, {3072, 256}});
    EXPECT_THAT(
        refusal(write("flux1-dev.safetensors", dev)),
        testing::AllOf(HasSubstr("is FLUX.1-dev"), HasSubstr("guidance"), HasSubstr("50 steps"))
    );
    Tensors half = transformer();
    half.resize(half.size() / 2);
    EXPECT_THAT(
        refusal(write("flux1-schnell.safetensors", half)),
        testing::ContainsRegex("holds [0-9]+ of the [0-9]+ tensors that the transformer of FLUX.1-schnell has"
        )
    );
}

} // namespace
} // namespace rushes
