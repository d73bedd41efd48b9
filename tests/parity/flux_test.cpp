// Stills of FLUX.1-schnell against diffusers (make_flux_fixtures.py, make_original_fixtures.py): the
// transformer alone, then whole runs, latents after every step and the picture; and the mistakes that must
// not pass.
#include "animatediff_fixture.h"
#include "models/flux/denoising.h"
#include "models/flux/transformer.h"

#include <functional>

namespace rushes {
namespace {

using namespace test; // NOLINT(google-build-using-namespace): what these tests are made of

const fs::path schnell = fixture_path("flux/schnell");

SafetensorsFile trace_of(const std::string& name) {
    return SafetensorsFile(schnell / (name + ".safetensors"));
}

void expect_still(Pipeline& pipeline, const std::string& name) {
    const SafetensorsFile trace = trace_of(name);
    const Conditioning text = pipeline.condition({trace.header().metadata.at("prompt"), "", false}, {});
    const auto& states = std::any_cast<const TextEmbeddings&>(text);
    // T5 makes much of fp32's last digits in a long text, in the reference too.
    const at::Tensor exact = trace.tensor("prompt.f64");
    EXPECT_PARITY(
        states.prompt, exact, std::max(text_tolerance, 2 * parity_error(trace.tensor("prompt"), exact))
    );
    EXPECT_PARITY(states.pooled_prompt, trace.tensor("pooled"), text_tolerance);
    const Errors errors = run(pipeline, trace, pass_of(trace, ""), text);
    EXPECT_LT(errors.latents, latent_tolerance) << name;
    EXPECT_LE(errors.frames, 1) << name;
    EXPECT_GT(trace.tensor("frames").to(at::kFloat).std().item<double>(), 20)
        << "one colour would hide errors";
    std::cout << "| FLUX, " << name << ", latents | " << errors.latents << " | " << latent_tolerance
              << " |\n| FLUX, " << name << ", picture (levels) | " << errors.frames << " | 1 |\n";
}

class FluxTransformer : public testing::Test {
protected:
    using Seed = std::function<void(flux::TransformerConfig&)>;

    at::Tensor run(const flux::TransformerConfig& config, at::ScalarType dtype, double t) const {
        const WeightStore store(schnell / "transformer", {.dtype = dtype});
        const flux::Transformer transformer(config, store.root());
        store.expect_all_used();
        const RotaryTable positions =
            flux::rotary_table(config, 7, rows_, columns_, transformer.options().dtype(compute_type(dtype)));
        const at::Tensor time =
            transformer.time_embedding(at::full({1}, t, at::kFloat), trace_.tensor("pooled"));
        const at::Tensor states = transformer.text_states(trace_.tensor("text"));
        return transformer.forward({trace_.tensor("tokens"), states, time}, positions);
    }

    at::Tensor wanted(int t) const { return trace_.tensor("out." + std::to_string(t) + ".f64"); }

    const SafetensorsFile trace_ = trace_of("stages");
    const flux::TransformerConfig config_ = flux::read_transformer_config(
        JsonConfig::read(schnell / "transformer" / "config.json", "transformer/config.json")
    );
    std::int64_t rows_ = 3;
    std::int64_t columns_ = 5;
};

TEST_F(FluxTransformer, Agrees) {
    for (const int t : {1000, 250}) {
        const double error = parity_error(run(config_, at::kFloat, t), wanted(t));
        EXPECT_LT(error, 1e-5);
        EXPECT_PARITY(run(config_, at::kDouble, t), wanted(t), 1e-9);
        std::cout << "| FLUX, transformer at " << t << " | " << error << " | 1e-05 |\n";
    }
}

TEST_F(FluxTransformer, MistakesAreSeen) {
    constexpr double seen = 1e-3;
    const auto error = [&](const Seed& seed) {
        flux::TransformerConfig wrong = config_;
        seed(wrong);
        return parity_error(run(wrong, at::kFloat, 250), wanted(250));
    };
    ASSERT_LT(error([](flux::TransformerConfig&) {}), seen / 10);
    EXPECT_GT(error([](flux::TransformerConfig& c) { c.axes = {4, 4, 4}; }), seen) << "axes of other sizes";
    EXPECT_GT(error([](flux::TransformerConfig& c) { c.axes = {2, 6, 4}; }), seen) << "axes exchanged";
    EXPECT_GT(parity_error(run(config_, at::kFloat, 0.25), wanted(250)), seen) << "time not in thousands";
    std::swap(rows_, columns_);
    EXPECT_GT(error([](flux::TransformerConfig&) {}), seen) << "rows and columns exchanged";
}

TEST(FluxLatents, ArePackedBySquaresAndUnpacked) {
    const at::Tensor latents = at::arange(2 * 4 * 6, at::kFloat).view({1, 2, 1, 4, 6});
    const at::Tensor tokens = flux::packed(latents);
    EXPECT_EQ(tokens.sizes(), (at::IntArrayRef{1, 6, 8}));
    // The second square of the first row: by channel its four latents, row by row.
    EXPECT_TRUE(at::equal(tokens[0][1], at::tensor({2.F, 3.F, 8.F, 9.F, 26.F, 27.F, 32.F, 33.F})));
    EXPECT_TRUE(at::equal(flux::unpacked(tokens, 4, 6), latents));
}

TEST(FluxStills, Agree) {
    const ModelInfo info = describe_model(schnell);
    EXPECT_EQ(info.family, "flux");
    const auto pipeline = load_pipeline(info, {}, {});
    for (const char* const name : {"one", "four", "long"}) {
        expect_still(*pipeline, name);
    }
}

TEST(FluxStills, AgreeWithALora) {
    const auto pipeline =
        load_pipeline(describe_model(schnell), {.loras = {{schnell / "style.safetensors", 0.6}}}, {});
    expect_still(*pipeline, "lora");
    pipeline->change_loras({}, {});
    expect_still(*pipeline, "four");
}

/// Kohya's: query, key and value are one there, and so is what goes into the layers for both.
TEST(FluxStills, AgreeWithALoraOfWhatLiesTogether) {
    const auto pipeline =
        load_pipeline(describe_model(schnell), {.loras = {{schnell / "kohya.safetensors", 0.6}}}, {});
    expect_still(*pipeline, "fused");
}

TEST(FluxStills, MistakesAreSeen) {
    const auto pipeline = load_pipeline(describe_model(schnell), {}, {});
    const SafetensorsFile trace = trace_of("four");
    const auto right = std::any_cast<TextEmbeddings>(
        pipeline->condition({trace.header().metadata.at("prompt"), "", false}, {})
    );
    const auto error = [&](const TextEmbeddings& states) {
        return run(*pipeline, trace, pass_of(trace, ""), Conditioning(states)).latents;
    };
    constexpr double seen = 10 * latent_tolerance;
    ASSERT_LT(error(right), latent_tolerance);
    TextEmbeddings wrong = right;
    wrong.prompt = right.prompt.narrow(1, 0, 20);
    EXPECT_GT(error(wrong), seen) << "without the padding's states";
    wrong = right;
    wrong.pooled_prompt = at::zeros_like(right.pooled_prompt);
    EXPECT_GT(error(wrong), seen) << "without the pooled text";
    const SafetensorsFile other = trace_of("long");
    EXPECT_GT(run(*pipeline, other, pass_of(other, ""), Conditioning(right)).latents, seen) << "another text";
}

} // namespace
} // namespace rushes
