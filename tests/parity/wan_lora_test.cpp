// LoRAs against diffusers and PEFT, in the three layouts that people have them in.
#include "base/atomic_file.h"
#include "models/wan/weight_names.h"
#include "parity/wan_fixture.h"
#include "support/tensor_file.h"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iostream>
#include <limits>

namespace rushes {
namespace {

using testing::HasSubstr;

std::filesystem::path lora_file(const std::string& name) {
    return test::fixture_path("weights/lora_" + name + ".safetensors");
}

class WanLora : public testing::Test {
protected:
    explicit WanLora(WeightOptions options = {.names = wan::transformer_names()})
        : store_(directory_, std::move(options)),
          transformer_(test::transformer_config(directory_), store_.root()) {}

    at::Tensor out() const {
        return test::forward_once(
            transformer_, inputs_["latents"], inputs_["timestep"], transformer_.text_context(inputs_["text"])
        );
    }

    at::Tensor with(const std::vector<LoraUse>& loras) {
        store_.use_loras(loras);
        transformer_.reload();
        return out();
    }

    std::string refusal(const std::vector<LoraUse>& loras) const {
        try {
            store_.use_loras(loras);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return error.what();
        }
        return "no error";
    }

    const std::filesystem::path directory_ = test::wan_directory("wan21") / "transformer";
    const test::WanTrace inputs_{"wan21/transformer"};
    const SafetensorsFile trace_{test::fixture_path("weights/lora.safetensors")};
    WeightStore store_;
    wan::Transformer transformer_;
};

TEST_F(WanLora, AgreesWithTheReferenceInEachLayout) {
    constexpr double tolerance = 1e-5;
    const std::map<std::string, std::vector<LoraUse>> cases{
        {"diffusers", {{lora_file("diffusers"), 0.8}}},
        {"original", {{lora_file("original"), 1.0}}},
        {"kohya", {{lora_file("kohya"), -0.5}}},
        {"all", {{lora_file("diffusers"), 0.8}, {lora_file("original"), 0.4}, {lora_file("kohya"), 1.5}}},
    };
    for (const auto& [name, loras] : cases) {
        const at::Tensor made = with(loras);
        EXPECT_PARITY(made, trace_.tensor(name), tolerance) << name;
        std::cout << "| LoRA, " << name << " | " << test::parity_error(made, trace_.tensor(name)) << " | "
                  << tolerance << " |\n";
    }
}

TEST_F(WanLora, SwitchedOffIsTheModelItself) {
    const at::Tensor before = out();
    EXPECT_GT(test::parity_error(with({{lora_file("original"), 1.0}}), before), 0.01);
    EXPECT_TRUE(at::equal(with({{lora_file("original"), 0.0}}), before));
    with({{lora_file("kohya"), 2.0}});
    EXPECT_TRUE(at::equal(with({}), before));
}

TEST_F(WanLora, MistakesAreSeen) {
    const auto wrong = [&](double strength) { return with({{lora_file("diffusers"), strength}}); };
    // alpha / rank forgotten (5 / 3), or counted twice
    EXPECT_GT(test::parity_error(wrong(0.8 * 3 / 5), trace_.tensor("diffusers")), 1e-3);
    EXPECT_GT(test::parity_error(wrong(0.8 * 5 / 3), trace_.tensor("diffusers")), 1e-3);
}

/// In one layer a LoRA may be made for the weight of a convolution, and change a norm by its difference.
TEST_F(WanLora, ChangesTensorsOfEveryKind) {
    const test::ScratchFolder folder("rushes-lora-");
    const at::Tensor up = at::randn({24, 2, 1, 1, 1});
    const at::Tensor down = at::randn({2, 4, 1, 2, 2});
    const at::Tensor gain = at::randn({24});
    test::write_safetensors(
        folder.path / "l.safetensors",
        {{"diffusion_model.patch_embedding.lora_up.weight", up},
         {"diffusion_model.patch_embedding.lora_down.weight", down},
         {"diffusion_model.patch_embedding.alpha", at::tensor(1.0F)},
         {"diffusion_model.blocks.1.norm3.diff", gain}}
    );
    const at::Tensor patch = store_.root()["patch_embedding"].tensor("weight", {24, 4, 1, 2, 2});
    const at::Tensor norm = store_.root()["blocks"][1]["norm2"].tensor("weight", {24});
    store_.use_loras(std::array{LoraUse{folder.path / "l.safetensors", 3}});
    const at::Tensor product = at::matmul(up.flatten(1), down.flatten(1)).view(patch.sizes());
    EXPECT_PARITY(
        store_.root()["patch_embedding"].tensor("weight", {24, 4, 1, 2, 2}), patch + 3 * 0.5 * product, 1e-6
    );
    EXPECT_PARITY(store_.root()["blocks"][1]["norm2"].tensor("weight", {24}), norm + 3 * gain, 1e-6);
}

TEST_F(WanLora, WhatDoesNotFitIsRefusedInOneSentence) {
    const test::ScratchFolder folder("rushes-lora-");
    const std::filesystem::path file = folder.path / "l.safetensors";
    const auto refused = [&](const test::NamedTensors& tensors) {
        test::write_safetensors(file, tensors);
        return refusal({{file, 1.0}});
    };
    const std::string layer = "diffusion_model.blocks.0.self_attn.q";
    EXPECT_THAT(
        refused({{"lora_unet_down_blocks_0_attn.lora_down.weight", at::ones({2, 2})}}),
        testing::AllOf(HasSubstr("'l.safetensors' is not a LoRA for this model"), HasSubstr("nothing in it"))
    );
    EXPECT_THAT(refused({}), HasSubstr("holds no tensors"));
    EXPECT_THAT(
        refused(
            {{layer + ".lora_down.weight", at::ones({4, 5120})},
             {layer + ".lora_up.weight", at::ones({5120, 4})}}
        ),
        testing::AllOf(HasSubstr("[5120, 5120]"), HasSubstr("[24, 24] here"))
    );
    EXPECT_THAT(
        refused({{layer + ".lora_down.weight", at::ones({4, 24})}}), HasSubstr("only one of the two factors")
    );
    EXPECT_THAT(
        refused(
            {{layer + ".lora_down.weight", at::ones({4, 24})}, {layer + ".lora_up.weight", at::ones({24, 3})}}
        ),
        HasSubstr("do not fit each other")
    );
    EXPECT_THAT(refused({{layer + ".diff_b", at::ones({23})}}), HasSubstr("[23]"));
    EXPECT_THAT(refused({{layer + ".lokr_w1", at::ones({4, 4})}}), HasSubstr("another method"));
    EXPECT_THAT(
        refused(
            {{layer + ".lora_down.weight", at::full({4, 24}, std::numeric_limits<float>::quiet_NaN())},
             {layer + ".lora_up.weight", at::ones({24, 4})}}
        ),
        testing::AllOf(HasSubstr(layer + ".lora_down.weight"), HasSubstr("not finite"))
    );
    EXPECT_THAT(
        refusal({{lora_file("kohya"), std::numeric_limits<double>::infinity()}}), HasSubstr("strength")
    );
    EXPECT_THAT(
        refusal({{folder.path / "gone.safetensors", 1.0}}), HasSubstr("'gone.safetensors' cannot be read")
    );
    EXPECT_THAT(refusal({{folder.path, 1.0}}), HasSubstr("is not a file"));
    EXPECT_TRUE(at::equal(with({}), out()));
}

/// After a refusal the LoRAs from before stay in use.
TEST_F(WanLora, ARefusalChangesNothing) {
    const at::Tensor before = with({{lora_file("kohya"), 1.0}});
    EXPECT_NE(refusal({{lora_file("original"), 1.0}, {"/nowhere/l.safetensors", 1.0}}), "no error");
    transformer_.reload();
    EXPECT_TRUE(at::equal(out(), before));
}

/// Through the interface that the engine uses: what a pipeline was loaded with and what it was changed to are
/// the same; a change that is stopped or refused leaves the LoRAs from before.
class WanPipelineLora : public testing::Test {
protected:
    static std::unique_ptr<Pipeline> load(const std::vector<LoraFile>& loras) {
        return load_pipeline(describe_model(test::wan_directory("wan21")), {.loras = loras}, {});
    }

    static at::Tensor latents(Pipeline& pipeline) {
        Pass pass;
        pass.width = 48;
        pass.height = 32;
        pass.frames = 5;
        pass.steps = 1;
        const auto denoising = pipeline.denoise(pass, pipeline.condition({"a cat", "", false}, {}));
        denoising->begin_block(0);
        denoising->step(0, 0, {});
        return denoising->finish_block(0, {});
    }

    const std::vector<LoraFile> both_{{lora_file("diffusers"), 0.5}, {lora_file("kohya"), 1}};
};

TEST_F(WanPipelineLora, ChangesWithoutLoadingAgain) {
    const auto loaded = load(both_);
    const auto plain = load({});
    const at::Tensor with = latents(*loaded);
    const at::Tensor without = latents(*plain);
    EXPECT_GT(test::parity_error(with, without), 0.01);
    EXPECT_TRUE(describe_model(test::wan_directory("wan21")).takes_loras);
    ASSERT_TRUE(plain->change_loras(both_, {}));
    EXPECT_TRUE(at::equal(latents(*plain), with));
    ASSERT_TRUE(plain->change_loras({}, {}));
    EXPECT_TRUE(at::equal(latents(*plain), without));
}

TEST_F(WanPipelineLora, AnEndInTheMiddleLeavesTheOnesFromBefore) {
    const auto pipeline = load(both_);
    const at::Tensor before = latents(*pipeline);
    EXPECT_THROW(pipeline->change_loras({{"/nowhere/l.safetensors", 1}}, {}), Error);
    EXPECT_TRUE(at::equal(latents(*pipeline), before));
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_THROW(pipeline->change_loras({}, stopped.get_token()), Stopped);
    EXPECT_TRUE(at::equal(latents(*pipeline), before));
}

} // namespace
} // namespace rushes
