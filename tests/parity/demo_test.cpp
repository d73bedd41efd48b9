// The built-in model with its trained weights against the trainer's own sampler over diffusers modules
// (make_demo_fixture.py): the clip is longer than the model's window, so sink and rolling are in it.
#include "base/atomic_file.h"
#include "base/sha256.h"
#include "generation/torch_engine.h"
#include "parity/wan_fixture.h"

#include <cmath>
#include <gtest/gtest.h>
#include <iostream>
#include <thread>

namespace rushes {
namespace {

/// The same in every run: bits may depend on it, and later tests on what is left behind.
int all_cores() {
    return static_cast<int>(std::thread::hardware_concurrency());
}

TEST(BuiltInModel, AgreesWithTheTrainersSampler) {
    const std::filesystem::path directory =
        std::filesystem::path(RUSHES_SOURCE_DIR) / "resources/models/rushes-demo";
    const SafetensorsFile trace = test::load_trace("demo.safetensors");
    Sha256 hash;
    hash.update(read_file(directory / "transformer" / "diffusion_pytorch_model.safetensors"));
    if (hash.finish() != trace.header().metadata.at("transformer_sha256")) {
        GTEST_SKIP() << "the weights are newer than the trace: run tests/parity/make_demo_fixture.py";
    }
    const JsonConfig settings = JsonConfig::parse(trace.header().metadata.at("settings"), "demo.safetensors");

    const ModelInfo info = describe_model(directory);
    ASSERT_TRUE(info.causal);
    const auto pipeline = load_pipeline(info, {}, {});
    Pass pass;
    pass.width = static_cast<int>(settings.integer("width", {1, 4096}));
    pass.height = static_cast<int>(settings.integer("height", {1, 4096}));
    pass.frames = static_cast<int>(settings.integer("frames", {1, 4096}));
    pass.seed = static_cast<std::uint64_t>(settings.integer("seed", {0, 4096}));
    pass.steps = info.default_steps;
    pass.guidance_scale = info.default_guidance;
    const Conditioning text = pipeline->condition({settings.text("prompt"), "", pass.guided()}, {});
    const auto denoising = pipeline->denoise(pass, text);
    const auto decoder = pipeline->decoder(pass);
    std::vector<at::Tensor> latents;
    std::vector<at::Tensor> pictures;
    for (int block = 0; block < denoising->blocks(); ++block) {
        denoising->begin_block(block);
        for (int step = 0; step < denoising->steps(); ++step) {
            denoising->step(block, step, {});
        }
        latents.push_back(denoising->finish_block(block, {}));
        for (std::int64_t t = 0; t < latents.back().size(2); ++t) {
            pictures.push_back(decoder->decode_next(latents.back().narrow(2, t, 1), {}));
        }
    }
    const at::Tensor reference = trace.tensor("frames").to(at::kInt);
    const at::Tensor frames = at::cat(pictures);
    ASSERT_EQ(frames.size(0), pass.frames);
    const double error = test::parity_error(at::cat(latents, 2), trace.tensor("latents"));
    const auto levels =
        (frames.narrow(0, 0, reference.size(0)).to(at::kInt) - reference).abs().max().item<int>();
    EXPECT_LT(error, 1e-4); // a dozen frames of several steps, each fed by those before
    EXPECT_LE(levels, 1);
    std::cout << "| built-in model, " << latents.size() << " latent frames | " << error << " | 0.0001 |\n"
              << "| built-in model, frames (levels) | " << levels << " | 1 |\n";
}

/// It is trained against the renderer and not against the large one, so a picture of its own: the same clip,
/// a little rougher.
TEST(BuiltInModel, ItsTinyDecoderDrawsTheSameClip) {
    const ModelInfo info =
        describe_model(std::filesystem::path(RUSHES_SOURCE_DIR) / "resources/models/rushes-demo");
    const SafetensorsFile trace = test::load_trace("demo.safetensors");
    const JsonConfig settings = JsonConfig::parse(trace.header().metadata.at("settings"), "demo.safetensors");
    Pass pass;
    pass.width = static_cast<int>(settings.integer("width", {1, 4096}));
    pass.height = static_cast<int>(settings.integer("height", {1, 4096}));
    pass.frames = static_cast<int>(settings.integer("frames", {1, 4096}));
    pass.fast_decode = true;
    const auto pipeline = load_pipeline(info, {}, {});
    const auto decoder = pipeline->decoder(pass);
    const at::Tensor latents = trace.tensor("latents");
    std::vector<at::Tensor> pictures;
    for (std::int64_t t = 0; t < latents.size(2); ++t) {
        pictures.push_back(decoder->decode_next(latents.narrow(2, t, 1), {}));
    }
    const at::Tensor reference = trace.tensor("frames").to(at::kFloat);
    const at::Tensor frames = at::cat(pictures).narrow(0, 0, reference.size(0)).to(at::kFloat);
    const double psnr = 10 * std::log10(255.0 * 255.0 / (frames - reference).square().mean().item<double>());
    std::cout << "built-in model, tiny decoder beside the large one: " << psnr << " dB\n";
    EXPECT_GT(psnr, 26);
    EXPECT_LT(psnr, 60) << "the large one decoded";
}

/// Mean level of blue where `plain` is red.
double blue_in_red(const Frame& frame, const Frame& plain) {
    const auto pixels = [](const Frame& f) {
        return at::from_blob(const_cast<std::uint8_t*>(f.rgb.data()), {f.height * f.width, 3}, at::kByte)
            .to(at::kFloat);
    };
    const at::Tensor before = pixels(plain);
    const at::Tensor red =
        (before.select(1, 0) > 150) & (before.select(1, 1) < 90) & (before.select(1, 2) < 90);
    return pixels(frame).select(1, 2).masked_select(red).mean().item<double>();
}

TEST(BuiltInModel, AnotherPromptIsSeenWithinOneBlock) {
    TorchEngine engine({.device = "cpu", .threads = all_cores()}, load_pipeline);
    const ModelInfo info =
        describe_model(std::filesystem::path(RUSHES_SOURCE_DIR) / "resources/models/rushes-demo");
    const auto clip = [&](const std::string& prompt, std::vector<PromptChange> changes) {
        Recipe recipe;
        recipe.prompt = prompt;
        recipe.seed = 5;
        recipe.frames = 33;
        recipe.prompt_changes = std::move(changes);
        std::vector<FramePtr> frames;
        RunSinks sinks;
        sinks.frame = [&](FramePtr frame, bool) { frames.push_back(std::move(frame)); };
        const Outcome outcome = engine.run(make_plan(recipe, info), {}, sinks, {});
        EXPECT_TRUE(std::holds_alternative<Finished>(outcome));
        return frames;
    };
    const auto plain = clip("a red ball bounces over the sea", {});
    // Blocks begin at 0, 1, 5, 9, 13, 17 ...
    const auto changed = clip("a red ball bounces over the sea", {{15, "a blue ball bounces over the sea"}});
    for (std::size_t i = 0; i < 17; ++i) {
        ASSERT_TRUE(changed[i]->rgb == plain[i]->rgb) << i;
    }
    const auto blue = [&](std::size_t i) {
        return blue_in_red(*changed[i], *plain[i]) - blue_in_red(*plain[i], *plain[i]);
    };
    EXPECT_GT(blue(20), 30) << "at the end of the first block under the new prompt";
    EXPECT_GT(blue(32), 60);
    std::cout << "built-in model, red becomes blue: " << blue(20) << " levels in the first block, "
              << blue(32) << " at the end\n";
}

} // namespace
} // namespace rushes
