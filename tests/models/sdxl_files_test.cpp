// SDXL's directories as they are published and mixed up, and what may be wrong with one.
#include "models/lora_parts.h"
#include "models/sd_xl/config.h"
#include "models/sd_xl/presets.h"
#include "models/unet/published_shapes.h"
#include "nn/weights/weight_index.h"
#include "support/model_files.h"
#include "text/clip_config.h"

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

const fs::path fixtures = fs::path(RUSHES_SOURCE_DIR) / "tests/parity/fixtures";

const ModelPreset& preset(const std::string& name) {
    static const std::vector<ModelPreset> all = sd_xl::presets();
    return *std::ranges::find(all, name, &ModelPreset::name);
}

class SdxlFiles : public test::ModelFiles {
protected:
    SdxlFiles() : ModelFiles("sdxl") { write_random_model(preset("tiny"), model_, {}, {}); }

    void schedule(const std::string& class_name, const std::string& spacing) {
        change("scheduler/scheduler_config.json", [&](json& j) {
            j["_class_name"] = class_name;
            j["timestep_spacing"] = spacing;
        });
    }
};

TEST_F(SdxlFiles, TurboIsAStillInAStep) {
    const ModelInfo info = describe_model(model_);
    EXPECT_EQ(info.family, "sd_xl");
    EXPECT_EQ(info.lattice.max_frames, 1);
    EXPECT_EQ(info.lattice.size_multiple, 16);
    EXPECT_EQ(info.lattice.sizes.front(), (PictureSize{128, 128}));
    EXPECT_EQ(info.default_steps, 1);
    EXPECT_EQ(info.default_guidance, 1);
    EXPECT_EQ(info.tiers.back().steps, 4);
    EXPECT_TRUE(info.takes_loras);
    EXPECT_EQ(info.weight_bytes, preset("tiny").bytes());
}

TEST_F(SdxlFiles, SdxlItselfTakesMoreStepsAndStudentsLoras) {
    schedule("EulerDiscreteScheduler", "leading");
    const ModelInfo info = describe_model(model_);
    EXPECT_EQ(info.default_steps, 30);
    EXPECT_EQ(info.default_guidance, 5);
    EXPECT_THAT(info.schedulers, testing::Contains("lightning"));
    const auto lightning = std::ranges::find(info.few_steps, "lightning", &StepSchedule::scheduler);
    ASSERT_NE(lightning, info.few_steps.end());
    EXPECT_EQ(lightning->steps, 4);
}

TEST_F(SdxlFiles, LightningIsKnownByItsSchedulerAndItsStepsByItsName) {
    schedule("EulerDiscreteScheduler", "trailing");
    change("unet/config.json", [](json& j) { j["sample_size"] = 128; });
    const ModelInfo any = describe_model(model_);
    EXPECT_EQ(any.default_steps, 4);
    EXPECT_FALSE(any.fixed_steps);
    EXPECT_THAT(any.lattice.sizes, testing::Contains(PictureSize{896, 1152}));
    const fs::path named = folder_.path / "SDXL-Lightning-8step";
    fs::rename(model_, named);
    const ModelInfo eight = describe_model(named);
    EXPECT_EQ(eight.default_steps, 8);
    EXPECT_TRUE(eight.fixed_steps);
    EXPECT_EQ(eight.default_guidance, 1);
}

TEST_F(SdxlFiles, TheRefinerIsRefused) {
    change("model_index.json", [](json& j) {
        j["_class_name"] = "StableDiffusionXLImg2ImgPipeline";
        j["text_encoder"] = {nullptr, nullptr};
        j["tokenizer"] = {nullptr, nullptr};
    });
    EXPECT_THAT(message(), HasSubstr("this is SDXL's refiner"));
    change("model_index.json", [](json& j) { j["_class_name"] = "StableDiffusionXLPipeline"; });
    EXPECT_THAT(message(), HasSubstr("this is SDXL's refiner"));
}

TEST_F(SdxlFiles, PartsOfOtherModelsAreRefused) {
    change("vae/config.json", [](json& j) { j["scaling_factor"] = 0.18215; });
    EXPECT_THAT(message(), HasSubstr("autoencoder of Stable Diffusion 1.x and 2.x"));
    change("vae/config.json", [](json& j) { j["scaling_factor"] = 0.13025; });
    change("unet/config.json", [](json& j) { j["addition_embed_type"] = nullptr; });
    EXPECT_THAT(message(), HasSubstr("takes nothing but the text"));
    change("unet/config.json", [](json& j) {
        j["addition_embed_type"] = "text_time";
        j["cross_attention_dim"] = 768;
    });
    EXPECT_THAT(message(), HasSubstr("the text encoders give 80 numbers"));
    change("unet/config.json", [](json& j) {
        j["cross_attention_dim"] = 80;
        j["projection_class_embeddings_input_dim"] = 100;
    });
    EXPECT_THAT(message(), HasSubstr("the second text encoder gives 48 numbers"));
    change("unet/config.json", [](json& j) {
        j["projection_class_embeddings_input_dim"] = 96;
        j["in_channels"] = 9;
    });
    EXPECT_THAT(message(), HasSubstr("takes 9 channels"));
    change("unet/config.json", [](json& j) { j["in_channels"] = 4; });
    EXPECT_EQ(message(), "no error");
    change("model_index.json", [](json& j) { j["text_encoder_2"][1] = "CLIPTextModel"; });
    EXPECT_THAT(message(), HasSubstr("text_encoder_2"));
}

TEST_F(SdxlFiles, AUNetOfSdxlInAnOlderDirectoryIsRefused) {
    const fs::path older = folder_.path / "older";
    fs::copy(fixtures / "stills" / "plain", older, fs::copy_options::recursive);
    fs::copy(
        model_ / "unet", older / "unet", fs::copy_options::recursive | fs::copy_options::overwrite_existing
    );
    EXPECT_THAT(test::message_of([&] { describe_model(older); }), HasSubstr("as that of SDXL does"));
}

Pass still(double guidance) {
    Pass pass;
    pass.width = pass.height = 128;
    pass.frames = 1;
    pass.steps = 2;
    pass.guidance_scale = guidance;
    return pass;
}

/// Guidance is a second forward, but for a UNet that is told it.
TEST_F(SdxlFiles, CostsWhatItComputes) {
    const auto work = [&](double guidance) {
        return describe_model(model_).cost(still(guidance), {}).denoise.flop;
    };
    EXPECT_DOUBLE_EQ(work(5), 2 * work(1));
    const auto memory = describe_model(model_).cost(still(1), {}).resident;
    EXPECT_THAT(memory, testing::SizeIs(4)) << "two text encoders, UNet, autoencoder";
    const double alone = work(1);
    change("unet/config.json", [](json& j) { j["transformer_layers_per_block"] = {1, 1}; });
    EXPECT_LT(work(1), alone) << "a layer of attention less";
    change("unet/config.json", [](json& j) { j["time_cond_proj_dim"] = 8; });
    EXPECT_DOUBLE_EQ(work(5), work(1));
}

std::uint64_t parameters(const std::string& name, const std::string& component) {
    const ModelPreset& model = preset(name);
    const auto found = std::ranges::find(model.components, component, &ModelPreset::Component::directory);
    std::uint64_t count = 0;
    for (const TensorShape& tensor : found->tensors) {
        count += tensor.bytes() / dtype_bytes(tensor.dtype);
    }
    return count;
}

/// On the CPU a network holds its weights rearranged. Of a file in the type that is computed with its pages
/// stay as well; any other type is converted, and there is one copy.
TEST_F(SdxlFiles, WeightsAreCountedOnceWhateverTheFileHoldsThemIn) {
    const auto bytes_a_number = [&](const fs::path& model, const std::string& dtype) {
        const RunCost cost = describe_model(model).cost(still(1), {.dtype = dtype});
        const auto unet = std::ranges::find(cost.resident, "unet", &ResidentWeights::component);
        return unet->bytes / static_cast<double>(parameters("tiny", "unet"));
    };
    const auto stored_as = [&](TensorDtype dtype, const char* name) {
        ModelPreset changed = preset("tiny");
        for (ModelPreset::Component& component : changed.components) {
            for (TensorShape& tensor : component.tensors) {
                tensor.dtype = dtype;
            }
        }
        write_random_model(changed, model_.parent_path() / name, {}, {});
        return model_.parent_path() / name;
    };
    EXPECT_EQ(bytes_a_number(model_, "bf16"), 2) << "of fp16, as it is published";
    EXPECT_EQ(bytes_a_number(model_, "fp32"), 4);
    const fs::path brief = stored_as(TensorDtype::bf16, "brief");
    EXPECT_EQ(bytes_a_number(brief, "bf16"), 2);
    EXPECT_EQ(bytes_a_number(brief, "fp32"), 4);
    const fs::path wide = stored_as(TensorDtype::f32, "wide");
    EXPECT_EQ(bytes_a_number(wide, "bf16"), 2);
    EXPECT_EQ(bytes_a_number(wide, "fp32"), 4);
}

/// Counted from diffusers' and transformers' own modules.
TEST(SdxlPresets, HaveAsManyParametersAsThePublishedCheckpoints) {
    EXPECT_EQ(parameters("base", "unet"), 2'567'463'684u);
    EXPECT_EQ(parameters("base", "vae"), 83'653'863u);
    EXPECT_EQ(parameters("base", "text_encoder"), 123'060'480u);
    EXPECT_EQ(parameters("base", "text_encoder_2"), 694'659'840u);
}

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

TEST(SdxlPresets, HoldTheTensorsThatTheReferenceWrites) {
    const fs::path directory = fixtures / "sdxl" / "base";
    const sd_xl::PipelineConfig config = sd_xl::read_pipeline_config(
        directory, JsonConfig::read(directory / "model_index.json", "model_index.json")
    );
    const auto compare = [&](const std::string& component, const std::vector<TensorShape>& tensors) {
        Shapes ours;
        for (const TensorShape& tensor : tensors) {
            ours[tensor.name] = tensor.shape;
        }
        Shapes theirs;
        const WeightIndex index = index_weights(directory / component);
        for (const auto& [key, place] : index.places) {
            theirs[key] = index.entry(place).shape;
        }
        EXPECT_EQ(ours, theirs) << component;
    };
    compare("unet", unet_tensors(config.unet, TensorDtype::f32));
    compare("vae", kl_vae_tensors(config.vae, TensorDtype::f32));
    compare("text_encoder_2", clip_tensors(read_clip_config(directory / "text_encoder_2"), TensorDtype::f32));
}

TEST(SdxlLoras, SayTheirBase) {
    const LoraParts parts = read_lora_parts(fixtures / "sdxl" / "base" / "kohya.safetensors");
    EXPECT_TRUE(parts.unet && parts.text && parts.text_2);
    EXPECT_THAT(
        test::message_of([&] {
            check_lora_base(fixtures / "sdxl" / "base" / "kohya.safetensors", parts, unet_sd15());
        }),
        HasSubstr("is a LoRA for another model")
    );
}

} // namespace
} // namespace rushes
