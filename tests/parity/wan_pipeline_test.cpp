// Whole runs against diffusers: embeddings, latents after every step, frames; both VAE layouts, sizes that
// are not square, prompts short, long, empty and not English, with and without guidance, both schedulers, one
// transformer and two.
#include "parity/traced_run.h"
#include "support/tensor_bytes.h"

#include <gtest/gtest.h>
#include <iostream>

namespace rushes {
namespace {

using test::compare;
using test::Errors;
using test::TracedRun;
using test::WanTrace;

constexpr double embedding_tolerance = 1e-5;
constexpr double latent_tolerance = 1e-4;

class WanRuns : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(WanRuns, AgreeWithTheReference) {
    const auto [model, name] = GetParam();
    const WanTrace trace(std::string(model) + "/" + name);
    const auto pipeline = load_pipeline(describe_model(test::wan_directory(model)), {}, {});
    const Errors errors = compare(*pipeline, trace, TracedRun(trace.settings));
    EXPECT_LT(errors.embeddings, embedding_tolerance);
    EXPECT_LT(errors.latents, latent_tolerance);
    EXPECT_LE(errors.frames, 1);
    std::cout << "| " << model << " " << name << ", embeddings | " << errors.embeddings << " | "
              << embedding_tolerance << " |\n| " << model << " " << name << ", latents after "
              << TracedRun(trace.settings).pass.steps << " steps | " << errors.latents << " | "
              << latent_tolerance << " |\n| " << model << " " << name << ", frames (levels) | "
              << errors.frames << " | 1 |\n";
    // A picture of one colour would hide errors.
    EXPECT_GT(trace["frames"].to(at::kFloat).std().item<double>(), 20);
}

INSTANTIATE_TEST_SUITE_P(
    Wan,
    WanRuns,
    testing::Values(
        std::pair("wan21", "unipc"),
        std::pair("wan21", "empty"),
        std::pair("wan21", "chinese"),
        std::pair("wan21", "long"),
        std::pair("wan21", "flow-euler"),
        std::pair("wan22", "euler"),
        std::pair("wan22", "unipc"),
        std::pair("wan22_two", "both")
    ),
    test::run_name
);

/// The noise is the reference's: same generator, order and shape.
TEST(WanPipeline, EveryStepAgreesAndSettingsMatter) {
    const WanTrace trace("wan21/unipc");
    const auto pipeline = load_pipeline(describe_model(test::wan_directory("wan21")), {}, {});
    const TracedRun run(trace.settings);
    const auto text =
        std::any_cast<wan::Conditions>(pipeline->condition({run.prompt, run.negative, true}, {})).text;
    const auto worst = [&](const Pass& pass, const wan::TextEmbeddings& embeddings) {
        const auto denoising = pipeline->denoise(pass, wan::Conditions{.text = embeddings});
        denoising->begin_block(0);
        double error = 0;
        for (int step = 0; step < pass.steps; ++step) {
            denoising->step(0, step, {});
            error = std::max(
                error,
                test::parity_error(denoising->finish_block(0, {}), trace["latents." + std::to_string(step)])
            );
        }
        return error;
    };
    EXPECT_LT(worst(run.pass, text), latent_tolerance);

    const auto denoising = pipeline->denoise(run.pass, wan::Conditions{.text = text});
    denoising->begin_block(0);
    for (int step = 0; step < run.pass.steps; ++step) {
        denoising->step(0, step, {});
    }
    EXPECT_PARITY(
        denoising->x0_estimate(), denoising->finish_block(0, {}), 1e-5
    ); // the last step ends at its estimate

    Pass other = run.pass;
    other.seed += 1;
    EXPECT_GT(worst(other, text), 0.1) << "another seed passes for the same";
    other = run.pass;
    other.guidance_scale = 6; // c + g * (c - u) instead of u + g * (c - u)
    EXPECT_GT(worst(other, text), 10 * latent_tolerance) << "the guidance formula is off by one";
    other = run.pass;
    other.scheduler = "flow-euler";
    EXPECT_GT(worst(other, text), 10 * latent_tolerance) << "the other scheduler passes for the same";
    EXPECT_GT(worst(run.pass, {text.negative, text.prompt}), 10 * latent_tolerance) << "prompts exchanged";
    EXPECT_GT(worst(run.pass, {text.prompt, at::zeros_like(text.negative)}), 10 * latent_tolerance)
        << "no negative prompt";
}

/// The first transformer is for high noise, the second for low noise.
TEST(WanPipeline, TwoTransformersExchangedAreSeen) {
    const test::ScratchFolder folder("rushes-two-");
    std::filesystem::copy(
        test::wan_directory("wan22_two"), folder.path, std::filesystem::copy_options::recursive
    );
    std::filesystem::rename(folder.path / "transformer", folder.path / "x");
    std::filesystem::rename(folder.path / "transformer_2", folder.path / "transformer");
    std::filesystem::rename(folder.path / "x", folder.path / "transformer_2");
    const WanTrace trace("wan22_two/both");
    const auto pipeline = load_pipeline(describe_model(folder.path), {}, {});
    EXPECT_GT(compare(*pipeline, trace, TracedRun(trace.settings)).latents, 10 * latent_tolerance);
}

TEST(WanPipeline, RunsInBf16) {
    const WanTrace trace("wan22/euler");
    const auto pipeline =
        load_pipeline(describe_model(test::wan_directory("wan22")), {.dtype = "bf16", .progress = {}}, {});
    const Errors errors = compare(*pipeline, trace, TracedRun(trace.settings));
    EXPECT_GT(errors.latents, 1e-4); // it is another type indeed
    EXPECT_LT(errors.latents, 1);
}

TEST(WanPipeline, ReportsLoadingAndStops) {
    const ModelInfo info = describe_model(test::wan_directory("wan21"));
    double last = -1;
    load_pipeline(
        info,
        {.progress =
             [&](double fraction) {
                 EXPECT_GE(fraction, last);
                 last = fraction;
             }},
        {}
    );
    EXPECT_DOUBLE_EQ(last, 1);
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(load_pipeline(info, {}, source.get_token()), Stopped);
}

/// What decoding takes is foretold from the channels of the layers, and not far off for either layout.
TEST(WanPipeline, DecodingTakesTheMemoryThatWasForetold) {
    constexpr std::int64_t side = 32; // latents
    for (const char* const name : {"wan21", "wan22"}) {
        SCOPED_TRACE(name);
        const ModelInfo info = describe_model(test::wan_directory(name));
        const auto pipeline = load_pipeline(info, {}, {});
        const test::TensorBytes bytes;
        const auto decoder = pipeline->decoder({});
        const auto channels = name == std::string("wan21") ? 4 : 5;
        std::int64_t pixels = 0;
        std::int64_t pictures_width = 0;
        for (int piece = 0; piece < 3; ++piece) {
            const at::Tensor pictures = decoder->decode_next(at::zeros({1, channels, 1, side, side}), {});
            pixels = pictures.size(1) * pictures.size(2);
            pictures_width = pictures.size(2);
        }
        Pass pass;
        pass.width = static_cast<int>(pictures_width);
        pass.height = static_cast<int>(pixels / pictures_width);
        pass.frames = 1;
        const double foretold = info.cost(pass, {}).decode.bytes;
        EXPECT_GT(foretold, 0.9 * static_cast<double>(bytes.peak()));
        EXPECT_LT(foretold, 1.5 * static_cast<double>(bytes.peak()));
    }
}

TEST(WanPipeline, RefusesAPassOffTheLattice) {
    const auto pipeline = load_pipeline(describe_model(test::wan_directory("wan21")), {}, {});
    const Conditioning text = pipeline->condition({"a", ""}, {});
    const auto refused = [&](int width, int frames, int steps) {
        Pass pass;
        pass.width = width;
        pass.height = 48;
        pass.frames = frames;
        pass.steps = steps;
        EXPECT_THROW(pipeline->denoise(pass, text), Error) << width << " " << frames << " " << steps;
    };
    refused(40, 5, 2);
    refused(48, 6, 2);
    refused(48, 5, 0);
    refused(48, 200 * 4 + 1, 2); // more latent frames than rotary positions
}

} // namespace
} // namespace rushes
