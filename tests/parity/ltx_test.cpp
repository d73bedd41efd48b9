// LTX-Video against diffusers (make_ltx_fixtures.py), stage by stage and whole runs, and the mistakes that
// must not pass.
#include "base/json_config.h"
#include "models/ltx/denoising.h"
#include "models/ltx/positions.h"
#include "models/ltx/transformer.h"
#include "models/ltx/vae.h"
#include "models/ltx/vae_encoder.h"
#include "models/pipeline.h"
#include "models/registry.h"
#include "parity/checkpoint_copy.h"
#include "parity/ltx_fixture.h"
#include "support/parity.h"
#include "support/scratch_folder.h"
#include "support/work_counter.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes::ltx {
namespace {

struct Errors {
    double embeddings = 0;
    double first_step = 0;
    double latents = 0;
    double frames = 0; ///< levels of 255
};

Errors
compare(const fs::path& directory, const Trace& trace, const Pass& pass, const LoadOptions& options = {}) {
    const auto pipeline = load_pipeline(describe_model(directory), options, {});
    const Conditioning conditioning = pipeline->condition(
        {trace.settings.text("prompt"), trace.settings.text("negative"), pass.guided(), inputs_of(trace)}, {}
    );
    const auto& text = std::any_cast<const Conditions&>(conditioning).text;
    Errors errors;
    errors.embeddings = parity_error(text.prompt, trace["prompt_embeds"]);
    if (pass.guided()) {
        errors.embeddings =
            std::max(errors.embeddings, parity_error(text.negative, trace["negative_embeds"]));
    }
    const auto denoising = pipeline->denoise(pass, conditioning);
    denoising->begin_block(0);
    for (int step = 0; step < denoising->steps(); ++step) {
        denoising->step(0, step, {});
        if (step == 0) {
            errors.first_step = parity_error(denoising->finish_block(0, {}), trace["latents.0"]);
        }
    }
    const at::Tensor latents = denoising->finish_block(0, {});
    errors.latents = parity_error(latents, trace["latents." + std::to_string(trace.pass.steps - 1)]);
    const at::Tensor frames = decoded(*pipeline, pass, latents).to(at::kInt);
    const at::Tensor reference = trace["frames"].to(at::kInt);
    errors.frames =
        frames.sizes() == reference.sizes() ? (frames - reference).abs().max().item<double>() : INFINITY;
    return errors;
}

class LtxRuns : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(LtxRuns, AgreeWithTheReference) {
    const auto [model, run] = GetParam();
    const Trace trace(std::string(model) + "/" + run);
    const Errors errors = compare(directory_of(model), trace, trace.pass);
    EXPECT_LT(errors.embeddings, stage_tolerance);
    EXPECT_LT(errors.first_step, latent_tolerance);
    EXPECT_LT(errors.latents, latent_tolerance);
    EXPECT_LE(errors.frames, 1);
    const std::string name = std::string(model) + " " + run;
    print_row(name + ", embeddings", errors.embeddings, stage_tolerance);
    print_row(name + ", latents", errors.latents, latent_tolerance);
    print_row(name + ", frames (levels)", errors.frames, 1);
    EXPECT_GT(trace["frames"].to(at::kFloat).std().item<double>(), 20); // not a picture of one colour
}

INSTANTIATE_TEST_SUITE_P(
    Versions,
    LtxRuns,
    testing::Values(
        std::pair("ltx090", "plain"),
        std::pair("ltx090", "long"),
        std::pair("ltx090", "still"),
        std::pair("ltx090", "picture"),
        std::pair("ltx091", "plain"),
        std::pair("ltx095", "plain"),
        std::pair("ltx095", "picture"),
        std::pair("ltx095", "clip"),
        std::pair("ltx095", "ends"),
        std::pair("ltx095", "between"),
        std::pair("ltx095", "keyframes"),
        std::pair("ltx095", "within")
    ),
    [](const auto& parameter) { return std::string(parameter.param.first) + "_" + parameter.param.second; }
);

class LtxTiles : public testing::TestWithParam<const char*> {};

TEST_P(LtxTiles, AreCutAndBlendedAsByTheReference) {
    const fs::path directory = directory_of(GetParam());
    const SafetensorsFile tiled(directory / "tiled.safetensors");
    const at::Tensor latents = tiled.tensor("latents");
    const auto vae = Vae::load(config_of(directory).vae, directory / "vae", {});
    Pass pass;
    pass.width = pass.height = 96;
    pass.frames = 9;
    const auto decoder = vae->tiled_decoder(
        pass, {.side = 64, .stride = 32}, at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{9})
    );
    decoder->expect(latents);
    EXPECT_EQ(decoder->decode_next(latents.narrow(2, 0, 1), {}).size(0), 0);
    const at::Tensor bytes = decoder->decode_next(latents.narrow(2, 1, 1), {});
    ASSERT_EQ(bytes.sizes(), at::IntArrayRef({9, 96, 96, 3}));
    const at::Tensor ours = bytes.flatten().slice(0, 0, std::nullopt, 7).to(at::kInt);
    const at::Tensor difference = (ours - tiled.tensor("bytes").to(at::kInt)).abs();
    EXPECT_LE(difference.max().item<int>(), 1);
    EXPECT_LE(difference.to(at::kDouble).mean().item<double>(), 0.001);
}

INSTANTIATE_TEST_SUITE_P(
    Versions,
    LtxTiles,
    testing::Values("ltx090", "ltx091", "ltx095"),
    [](const auto& test) { return std::string(test.param); }
);

TEST(LtxPipeline, SettingsMatter) {
    const Trace trace("ltx095/plain");
    const auto error = [&](const std::function<void(Pass&)>& change) {
        Pass pass = trace.pass;
        change(pass);
        return compare(directory_of("ltx095"), trace, pass).latents;
    };
    EXPECT_GT(error([](Pass& pass) { pass.frame_rate = {24, 1}; }), 10 * latent_tolerance)
        << "the frame rate is not in the positions";
    EXPECT_GT(error([](Pass& pass) { pass.guidance_scale += 1; }), 10 * latent_tolerance);
    EXPECT_GT(error([](Pass& pass) { pass.seed += 1; }), 0.1);
    EXPECT_GT(error([](Pass& pass) { pass.scheduler = distilled_scheduler; }), 10 * latent_tolerance);
}

TEST(LtxPipeline, AKeyframeStandsAtItsFrame) {
    const Trace trace("ltx095/within");
    const auto pipeline = load_pipeline(describe_model(directory_of("ltx095")), {}, {});
    const auto first_step = [&](std::int64_t frame) {
        RunInputs inputs = inputs_of(trace);
        Frame moved = *inputs.pictures.at(role_keyframe).front();
        moved.index = frame;
        inputs.pictures.at(role_keyframe).front() = std::make_shared<const Frame>(std::move(moved));
        const Conditioning conditioning = pipeline->condition(
            {trace.settings.text("prompt"), trace.settings.text("negative"), trace.pass.guided(), inputs}, {}
        );
        const auto denoising = pipeline->denoise(trace.pass, conditioning);
        denoising->begin_block(0);
        denoising->step(0, 0, {});
        return parity_error(denoising->finish_block(0, {}), trace["latents.0"]);
    };
    EXPECT_LT(first_step(8), latent_tolerance);
    EXPECT_GT(first_step(9), 10 * latent_tolerance) << "a frame too late";
    EXPECT_GT(first_step(16), 10 * latent_tolerance) << "beyond the clip there is none";
}

/// What a directory's class name says of the rest: text with its padding or without, the schedule, and where
/// the first frame lies.
TEST(LtxPipeline, TheClassOfThePipelineIsObeyed) {
    const test::ScratchFolder folder("rushes-ltx-class-");
    const fs::path copy = folder.path / "model";
    fs::copy(directory_of("ltx090"), copy, fs::copy_options::recursive);
    nlohmann::json index = nlohmann::json::parse(std::ifstream(copy / "model_index.json"));
    index["_class_name"] = "LTXConditionPipeline";
    std::ofstream(copy / "model_index.json") << index;
    const Trace trace("ltx090/plain");
    const Errors errors = compare(copy, trace, trace.pass);
    EXPECT_GT(errors.embeddings, 10 * stage_tolerance) << "padding that the encoder sees changes nothing";
    EXPECT_GT(errors.latents, 10 * latent_tolerance);
}

TEST(LtxPipeline, RunsInBf16) {
    const Trace trace("ltx095/plain");
    const Errors errors =
        compare(directory_of("ltx095"), trace, trace.pass, {.dtype = "bf16", .progress = {}});
    EXPECT_GT(errors.latents, 1e-4); // it is another type indeed
    EXPECT_LT(errors.latents, 1);
}

class LtxTransformer : public testing::TestWithParam<const char*> {
protected:
    Transformer load(at::ScalarType dtype, const fs::path& directory) const {
        const WeightStore store(directory, {.dtype = dtype});
        const TransformerConfig config =
            read_transformer_config(JsonConfig::read(directory / "config.json", "config.json"));
        Transformer transformer(config, store.root());
        store.expect_all_used();
        return transformer;
    }

    at::Tensor forward(const Transformer& transformer, const char* timestep) const {
        return forward(transformer, transformer.time_context(trace_.tensor(timestep)), {});
    }

    at::Tensor
    forward(const Transformer& transformer, const TimeContext& time, const std::stop_token& stop) const {
        const at::ScalarType dtype = transformer.options().dtype().toScalarType();
        const at::Tensor text = trace_.tensor("text").to(dtype);
        const TextContext context = transformer.text_context(
            {text.narrow(0, 0, 1), text.narrow(0, 1, 1).narrow(1, 0, 5)}, /*guided=*/true, stop
        );
        PipelineConfig config = config_of(directory_of(GetParam()));
        config.kind = PipelineKind::first;
        const RotaryTable positions =
            rotary_table(config, {8, 3, 2, 3}, {12, 1}, transformer.options().dtype(compute_type(dtype)));
        return transformer.forward(trace_.tensor("latents"), time, context, positions, stop);
    }

    fs::path directory() const { return directory_of(GetParam()) / "transformer"; }

    const SafetensorsFile trace_{
        test::fixture_path("ltx/" + std::string(GetParam()) + "/transformer.safetensors")
    };
};

TEST_P(LtxTransformer, AgreesInFp32) {
    const Transformer transformer = load(at::kFloat, directory());
    const at::Tensor out = forward(transformer, "timestep");
    EXPECT_PARITY(out, trace_.tensor("out"), stage_tolerance);
    print_row(
        std::string(GetParam()) + " transformer", parity_error(out, trace_.tensor("out")), stage_tolerance
    );
    EXPECT_PARITY(forward(transformer, "per_frame"), trace_.tensor("out_per_frame"), stage_tolerance);
}

TEST_P(LtxTransformer, AgreesInFp64) {
    const at::Tensor out = forward(load(at::kDouble, directory()), "timestep");
    EXPECT_PARITY(out, trace_.tensor("out_f64"), 1e-10);
}

/// bf16 loses digits by nature: ours must lose no more than diffusers does.
TEST_P(LtxTransformer, LosesNoMoreInBf16ThanTheReference) {
    const at::Tensor out = forward(load(at::kBFloat16, directory()), "timestep");
    ASSERT_EQ(out.scalar_type(), at::kBFloat16);
    const auto error = [&](const at::Tensor& x) {
        return (x.to(at::kDouble) - trace_.tensor("out_f64")).square().mean().sqrt().item<double>();
    };
    EXPECT_LT(error(out), 1.2 * error(trace_.tensor("out_bf16")));
}

TEST_P(LtxTransformer, TurnsByPlacesAsTheReference) {
    PipelineConfig config = config_of(directory_of(GetParam()));
    config.kind = PipelineKind::first;
    const RotaryTable table = rotary_table(config, {8, 3, 2, 3}, {12, 1}, at::kFloat);
    EXPECT_TRUE(at::equal(table.cos.squeeze(1).repeat_interleave(2, 1), trace_.tensor("cos")));
    EXPECT_TRUE(at::equal(table.sin.squeeze(1).repeat_interleave(2, 1), trace_.tensor("sin")));
}

TEST_P(LtxTransformer, MistakesAreSeen) {
    const auto error_with = [&](const std::function<void(CheckpointCopy&)>& spoil) {
        const test::ScratchFolder folder("rushes-ltx-spoilt-");
        CheckpointCopy copy(directory());
        spoil(copy);
        copy.write(folder.path);
        return parity_error(forward(load(at::kFloat, folder.path), "timestep"), trace_.tensor("out"));
    };
    const auto swapped = [](const std::string& a, const std::string& b) {
        return [=](CheckpointCopy& copy) { std::swap(copy.weights.at(a), copy.weights.at(b)); };
    };
    const std::string block = "transformer_blocks.0.";
    EXPECT_LT(error_with([](CheckpointCopy&) {}), stage_tolerance);
    EXPECT_GT(error_with(swapped(block + "attn1.norm_q.weight", block + "attn1.norm_k.weight")), 1e-3);
    EXPECT_GT(error_with(swapped(block + "attn1.to_q.weight", block + "attn1.to_v.weight")), 1e-3);
    EXPECT_GT(error_with(swapped(block + "attn2.to_k.bias", block + "attn2.to_v.bias")), 1e-3);
    EXPECT_GT(
        error_with([&](CheckpointCopy& copy) {
            at::Tensor& table = copy.weights.at(block + "scale_shift_table");
            table = table.index_select(0, at::tensor({1, 0, 2, 3, 4, 5})); // scale before shift
        }),
        1e-3
    );
    EXPECT_GT(
        error_with([&](CheckpointCopy& copy) {
            at::Tensor& table = copy.weights.at("scale_shift_table");
            table = table.flip(0);
        }),
        1e-3
    );
}

TEST_P(LtxTransformer, StopsBeforeTheNextWorkUnit) {
    const Transformer transformer = load(at::kFloat, directory());
    const TimeContext time = transformer.time_context(trace_.tensor("timestep"));
    EXPECT_GT(
        test::expect_stop_after_each_call([&](const std::stop_token& stop) {
            forward(transformer, time, stop);
        }),
        10
    );
}

INSTANTIATE_TEST_SUITE_P(
    Versions,
    LtxTransformer,
    testing::Values("ltx090", "ltx091", "ltx095"),
    [](const auto& p) { return std::string(p.param); }
);

class LtxVae : public testing::TestWithParam<const char*> {
protected:
    std::shared_ptr<const Vae> load(const fs::path& directory, at::ScalarType dtype = at::kFloat) const {
        return Vae::load(config_of(directory_of(GetParam())).vae, directory, {.dtype = dtype});
    }

    fs::path directory() const { return directory_of(GetParam()) / "vae"; }

    /// The clip, fed latent by latent: [1, 3, T, H, W].
    at::Tensor decode(const Vae& vae, const at::Tensor& z, const std::stop_token& stop = {}) const {
        std::int64_t next = 0;
        const auto source = [&] {
            return next < z.size(2) ? z[0].narrow(1, next++, 1).permute({1, 2, 3, 0}).contiguous()
                                    : at::Tensor();
        };
        VaeDecoder::Run run(vae.network(), source, at::make_generator<at::CPUGeneratorImpl>(5));
        std::vector<at::Tensor> pieces;
        for (at::Tensor piece = run.next(stop); piece.defined(); piece = run.next(stop)) {
            pieces.push_back(piece);
        }
        EXPECT_FALSE(run.next(stop).defined()) << "it goes on behind the end";
        return at::cat(pieces).permute({3, 0, 1, 2}).unsqueeze(0);
    }

    static at::Tensor thinned(const at::Tensor& video) {
        return video.slice(3, 0, std::nullopt, 2).slice(4, 0, std::nullopt, 3);
    }

    at::Tensor operator[](const char* name) const { return trace_.tensor(name); }

    const SafetensorsFile trace_{test::fixture_path("ltx/" + std::string(GetParam()) + "/vae.safetensors")};
};

TEST_P(LtxVae, PiecesMakeTheClipOfTheReference) {
    const auto vae = load(directory());
    const at::Tensor video = decode(*vae, (*this)["z"]);
    EXPECT_EQ(video.size(2), 17);
    EXPECT_PARITY(thinned(video), (*this)["decoded"], stage_tolerance);
    EXPECT_PARITY(
        thinned(decode(*vae, (*this)["z"].narrow(2, 0, 1))), (*this)["decoded_first"], stage_tolerance
    );
    print_row(
        std::string(GetParam()) + " VAE", parity_error(thinned(video), (*this)["decoded"]), stage_tolerance
    );
}

TEST_P(LtxVae, DoublePrecisionAgreesToTheLastDigits) {
    if (std::string(GetParam()) == "ltx091") {
        GTEST_SKIP() << "its layers draw noise, which comes in another type from another stream";
    }
    const auto vae = load(directory(), at::kDouble);
    const at::Tensor video = decode(*vae, (*this)["z"].to(at::kDouble));
    EXPECT_PARITY(video.flatten().slice(0, 0, std::nullopt, 13), (*this)["decoded64"], 1e-10);
}

TEST_P(LtxVae, EncodesAsTheReference) {
    const auto encoder = VaeEncoder::load(config_of(directory_of(GetParam())).vae, directory(), {});
    const auto [mean, std] = encoder->encode((*this)["video"], {});
    EXPECT_PARITY(mean, (*this)["mean"], stage_tolerance);
    EXPECT_PARITY(std, (*this)["std"], stage_tolerance);
    const auto stream = encoder->stream();
    const at::Tensor first = stream->encode_next((*this)["video"].narrow(0, 0, 1), {});
    const at::Tensor second = stream->encode_next((*this)["video"].narrow(0, 1, 8), {});
    EXPECT_PARITY(at::cat({first, second}, 2), encoder->normalised(mean).narrow(2, 0, 2), 1e-6);
    EXPECT_THROW(stream->encode_next((*this)["video"].narrow(0, 1, 4), {}), Error);
}

TEST_P(LtxVae, StopsBeforeTheNextWorkUnit) {
    const auto vae = load(directory());
    EXPECT_GT(
        test::expect_stop_after_each_call([&](const std::stop_token& stop) {
            decode(*vae, (*this)["z"], stop);
        }),
        20
    );
}

/// A decoder that cut the clip into pieces without looking ahead would show it at each cut.
TEST_P(LtxVae, AFrameSeesTheFramesBehindIt) {
    const auto vae = load(directory());
    at::Tensor z = (*this)["z"].clone();
    const at::Tensor before = decode(*vae, z);
    z.narrow(2, 2, 1).neg_();
    const at::Tensor after = decode(*vae, z);
    EXPECT_GT(parity_error(after.narrow(2, 7, 1), before.narrow(2, 7, 1)), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Versions, LtxVae, testing::Values("ltx090", "ltx091", "ltx095"), [](const auto& p) {
    return std::string(p.param);
});

} // namespace
} // namespace rushes::ltx
