// The built-in model with its trained weights against the trainer's own sampler over diffusers modules
// (make_demo_fixture.py): the clip is longer than the model's window, so sink and rolling are in it.
#include "base/atomic_file.h"
#include "base/sha256.h"
#include "parity/wan_fixture.h"

#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

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

} // namespace
} // namespace rushes
