// AnimateDiff with LoRAs, and files of other bases.
#include "animatediff_fixture.h"
#include "base/error.h"
#include "models/lora_parts.h"
#include "support/tensor_file.h"

#include <functional>
#include <gmock/gmock.h>
#include <map>

namespace rushes {
namespace {

using namespace test; // NOLINT(google-build-using-namespace): what these tests are made of

TEST(AnimateDiff, LorasOnUNetTextAndMotionAgree) {
    const Beside beside;
    LoadOptions options;
    options.loras = {{beside_file("style"), 0.5}, {beside_file("motion_lora"), 0.7}};
    const SafetensorsFile trace(beside_file("lora"));
    const Pass pass = pass_of(trace, "");
    const auto loaded_with = load_pipeline(describe_model(beside.path()), options, {});
    expect_agreement(*loaded_with, trace, "LoRAs", pass);
    // Another strength is another clip.
    options.loras[1].strength = 0.6;
    ASSERT_TRUE(loaded_with->change_loras(options.loras, {}));
    const Conditioning text = loaded_with->condition({prompt, negative, true}, {});
    EXPECT_GT(run(*loaded_with, trace, pass, text).latents, 10 * latent_tolerance);
}

TEST(AnimateDiff, LorasComeAndGoWithoutLoadingAgain) {
    const Beside beside;
    const auto pipeline = load_pipeline(describe_model(beside.path()), {}, {});
    const std::vector<LoraFile> loras{{beside_file("style"), 0.5}, {beside_file("motion_lora"), 0.7}};
    ASSERT_TRUE(pipeline->change_loras(loras, {}));
    const SafetensorsFile with(beside_file("lora"));
    expect_agreement(*pipeline, with, "LoRAs, changed to", pass_of(with, ""));
    EXPECT_THROW(pipeline->change_loras({{beside.path() / "model_index.json", 1}}, {}), Error);
    const SafetensorsFile without(beside_file("ddim"));
    ASSERT_TRUE(pipeline->change_loras({}, {}));
    expect_agreement(*pipeline, without, "LoRAs, taken away", pass_of(without, ""));
}

TEST(AnimateDiff, AnimateLcmAgrees) {
    const Beside beside;
    beside.take_original_motion();
    LoadOptions options;
    options.loras = {{beside_file("style"), 0.8}};
    const ModelInfo info = describe_model(beside.path());
    EXPECT_EQ(info.few_steps.front().scheduler, "lcm");
    const auto pipeline = load_pipeline(info, options, {});
    const SafetensorsFile trace(beside_file("animatelcm"));
    expect_agreement(*pipeline, trace, "AnimateLCM", pass_of(trace, "lcm"));
}

std::string sentence(const std::function<void()>& action) {
    try {
        action();
        return "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        return error.what();
    }
}

/// The file with every second tensor only, as after a broken conversion.
void keep_half(const fs::path& file) {
    std::map<std::string, at::Tensor> half;
    {
        const SafetensorsFile all(file);
        bool keep = false;
        for (const TensorEntry& entry : all.header().tensors) {
            if (keep = !keep; keep) {
                half.emplace(entry.name, all.tensor(entry.name).clone());
            }
        }
    }
    fs::remove(file);
    write_safetensors(file, half);
}

TEST(AnimateDiff, RefusesHalfOfTheKeysOfAnyPart) {
    using testing::AllOf;
    using testing::HasSubstr;
    using testing::Not;
    const std::map<std::string, std::string> weights{
        {"unet", "diffusion_pytorch_model.safetensors"},
        {"motion_adapter", "diffusion_pytorch_model.safetensors"},
        {"vae", "diffusion_pytorch_model.safetensors"},
        {"text_encoder", "model.safetensors"},
    };
    for (const auto& [part, name] : weights) {
        SCOPED_TRACE(part);
        const Beside beside;
        const auto loaded = [&] { load_pipeline(describe_model(beside.path()), {}, {}); };
        EXPECT_EQ(sentence(loaded), "accepted");
        keep_half(beside.path() / part / name);
        EXPECT_THAT(
            sentence(loaded), AllOf(HasSubstr("lacks the tensor"), HasSubstr(part), Not(HasSubstr("\n")))
        );
    }
}

TEST(AnimateDiff, RefusesLorasOfOtherBases) {
    using testing::HasSubstr;
    const Beside beside;
    const ModelInfo info = describe_model(beside.path());
    const auto with_lora = [&](const fs::path& lora) {
        LoadOptions options;
        options.loras = {{lora, 1}};
        return sentence([&] { load_pipeline(info, options, {}); });
    };
    const fs::path lora = beside.path() / "other.safetensors";
    const auto write_lora = [&](const std::string& layer, std::int64_t width) {
        write_safetensors(
            lora,
            {{layer + ".lora_down.weight", at::ones({2, width})},
             {layer + ".lora_up.weight", at::ones({4, 2})}}
        );
    };
    const std::string text_layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";
    write_lora(text_layer, 2048);
    EXPECT_THAT(with_lora(lora), HasSubstr("is a LoRA for SDXL"));
    write_lora(text_layer, 1024);
    EXPECT_THAT(with_lora(lora), HasSubstr("is a LoRA for Stable Diffusion 2"));
    write_lora("lora_unet_blocks_0_self_attn_q", 12);
    EXPECT_THAT(with_lora(lora), HasSubstr("nothing in it belongs to a layer that the model has"));
    EXPECT_EQ(with_lora(beside_file("style")), "accepted");
}

TEST(AnimateDiff, LorasSayTheirTriggerWords) {
    const LoraParts parts = read_lora_parts(beside_file("style"));
    EXPECT_TRUE(parts.unet);
    EXPECT_TRUE(parts.text);
    EXPECT_FALSE(parts.motion);
    EXPECT_EQ(parts.text_dim, 12);
    EXPECT_THAT(parts.trigger_words, testing::ElementsAre("red ball", "sea")); // 9 and 6 times; boat once
    EXPECT_TRUE(read_lora_parts(beside_file("motion_lora")).motion);
}

} // namespace
} // namespace rushes
