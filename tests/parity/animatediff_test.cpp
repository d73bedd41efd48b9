// Whole runs of AnimateDiff against diffusers: text, latents after every step, frames; a directory saved
// whole and an adapter beside Stable Diffusion, four ways to step, with and without guidance, clips by
// windows.
#include "animatediff_fixture.h"
#include "base/error.h"
#include "support/tensor_bytes.h"

#include <gmock/gmock.h>

namespace rushes {
namespace {

using namespace test; // NOLINT(google-build-using-namespace): what these tests are made of

TEST(AnimateDiff, SavedWholeAgreesWithEveryScheduler) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {});
    for (const std::string name : {"ddim", "euler", "lcm"}) {
        const SafetensorsFile trace(whole() / (name + ".safetensors"));
        expect_agreement(*pipeline, trace, name, pass_of(trace, name));
    }
}

TEST(AnimateDiff, LightningAgrees) {
    const Beside copy; // for a directory that may be changed
    for (const char* part : {"unet", "model_index.json"}) {
        fs::remove_all(copy.path() / part);
        fs::copy(whole() / part, copy.path() / part, fs::copy_options::recursive);
    }
    write_file(
        copy.path() / "scheduler" / "scheduler_config.json",
        R"({"_class_name": "EulerDiscreteScheduler", "num_train_timesteps": 1000, "beta_start": 0.00085,
            "beta_end": 0.012, "beta_schedule": "linear", "timestep_spacing": "trailing"})"
    );
    const ModelInfo info = describe_model(copy.path());
    EXPECT_EQ(info.default_steps, 4);
    EXPECT_EQ(info.default_guidance, 1);
    const auto pipeline = load_pipeline(info, {}, {});
    const SafetensorsFile trace(whole() / "lightning.safetensors");
    expect_agreement(*pipeline, trace, "lightning", pass_of(trace, ""));
}

/// Steps from leading timesteps, the scheduler's other way, give another clip.
TEST(AnimateDiff, LightningWithTheWrongSpacingIsSeen) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {}); // its own spacing is leading
    const SafetensorsFile trace(whole() / "lightning.safetensors");
    const Conditioning text = pipeline->condition({prompt, negative, true}, {});
    EXPECT_GT(run(*pipeline, trace, pass_of(trace, "euler"), text).latents, 100 * latent_tolerance);
}

TEST(AnimateDiff, AdapterBesideStableDiffusionAgrees) {
    const Beside beside;
    const auto pipeline = load_pipeline(describe_model(beside.path()), {}, {});
    const SafetensorsFile trace(beside_file("ddim"));
    expect_agreement(*pipeline, trace, "beside", pass_of(trace, ""));
}

/// A still's stays.
TEST(AnimateDiff, TheTextEncoderIsNotInMainMemoryWhileAClipIsMade) {
    const ModelInfo model = describe_model(whole());
    LoadOptions options{.dtype = "bf16"}; // not the file's numbers, so that none stays in its pages
    const Pass pass = pass_of(SafetensorsFile(whole() / "ddim.safetensors"), "ddim");
    const double foretold = model.cost(pass, options).text.bytes;
    const TensorBytes bytes;
    const auto pipeline = load_pipeline(model, options, {});
    const std::int64_t loaded = bytes.live();
    const auto embed = [](Pipeline& p) { return p.condition({"a red ball", "", false}, {}); };
    const Conditioning once = embed(*pipeline);
    pipeline->denoise(pass, once);
    EXPECT_NEAR(static_cast<double>(loaded - bytes.live()), foretold, 0.1 * foretold);

    pipeline->get_ready();
    EXPECT_NEAR(static_cast<double>(bytes.live()), static_cast<double>(loaded), 0.1 * foretold);
    const auto numbers = [](const Conditioning& text) { return std::any_cast<TextEmbeddings>(text).prompt; };
    EXPECT_TRUE(at::equal(numbers(embed(*pipeline)), numbers(once)));
    pipeline->denoise(pass, once);
    EXPECT_TRUE(at::equal(numbers(embed(*pipeline)), numbers(once)))
        << "the next prompt comes before the clip is made";

    options.residency = Residency::all;
    const auto all = load_pipeline(model, options, {});
    const std::int64_t all_loaded = bytes.live();
    const Conditioning text = embed(*all);
    all->denoise(pass, text);
    EXPECT_NEAR(static_cast<double>(bytes.live()), static_cast<double>(all_loaded), 0.1 * foretold);
}

TEST(AnimateDiff, LongClipsByWindowsAgree) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {});
    const SafetensorsFile trace(whole() / "long.safetensors");
    const Pass pass = pass_of(trace, "ddim");
    ASSERT_EQ(pass.frames, 24); // of eight that the modules see at once
    expect_agreement(*pipeline, trace, "24 frames by windows", pass);
    // A prefix draws other noise, and its windows end elsewhere: the trace must not pass for it.
    Pass shorter = pass;
    shorter.frames = 20;
    const Conditioning text = pipeline->condition({prompt, negative, true}, {});
    const auto denoising = pipeline->denoise(shorter, text);
    denoising->begin_block(0);
    denoising->step(0, 0, {});
    EXPECT_GT(
        parity_error(denoising->finish_block(0, {}), trace.tensor("latents")[0].narrow(2, 0, 20)),
        10 * latent_tolerance
    );
}

TEST(AnimateDiff, MotionScaleChangesTheClip) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {});
    const Conditioning text = pipeline->condition({prompt, negative, false}, {});
    const auto first_step = [&](double scale) {
        Pass pass{.width = 16, .height = 16, .frames = 4, .steps = 2, .scheduler = "ddim"};
        pass.motion_scale = scale;
        const auto denoising = pipeline->denoise(pass, text);
        denoising->begin_block(0);
        denoising->step(0, 0, {});
        return denoising->finish_block(0, {});
    };
    const at::Tensor trained = first_step(1);
    EXPECT_GT(parity_error(first_step(0.5), trained), 1e-3);
    EXPECT_GT(parity_error(first_step(0), first_step(0.5)), 1e-3);
}

TEST(AnimateDiff, MistakesAreSeen) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {});
    const SafetensorsFile trace(whole() / "ddim.safetensors");
    const Pass pass = pass_of(trace, "ddim");
    const Conditioning text = pipeline->condition({prompt, negative, true}, {});
    ASSERT_LT(run(*pipeline, trace, pass, text).latents, latent_tolerance);
    const auto error = [&](void (*seed)(Pass&)) {
        Pass wrong = pass;
        seed(wrong);
        return run(*pipeline, trace, wrong, text).latents;
    };
    EXPECT_GT(error([](Pass& p) { p.seed = 6; }), 0.1);
    EXPECT_GT(error([](Pass& p) { p.guidance_scale = 8.5; }), 10 * latent_tolerance);
    EXPECT_GT(error([](Pass& p) { p.scheduler = "euler"; }), 10 * latent_tolerance);
    EXPECT_GT(error([](Pass& p) { p.motion_scale = 0.9; }), 10 * latent_tolerance);
    const auto& states = std::any_cast<const TextEmbeddings&>(text);
    const Conditioning exchanged = TextEmbeddings{states.negative, states.prompt};
    EXPECT_GT(run(*pipeline, trace, pass, exchanged).latents, 10 * latent_tolerance);
}

TEST(AnimateDiff, SidesOneByOneAreSidesTogether) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {});
    const Conditioning text = pipeline->condition({prompt, negative, true}, {});
    Pass large{
        .width = 256, .height = 256, .frames = 1, .steps = 1, .guidance_scale = 3, .scheduler = "ddim"
    };
    Pass small = large;
    small.width = small.height = 124;
    for (const Pass& pass : {large, small}) {
        std::vector<double> shares;
        const auto denoising = pipeline->denoise(pass, text);
        denoising->begin_block(0);
        denoising->step(0, 0, {}, [&](double share) { shares.push_back(share); });
        EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
        EXPECT_DOUBLE_EQ(shares.back(), 1);
        EXPECT_TRUE(denoising->x0_estimate().isfinite().all().item<bool>());
    }
}

TEST(AnimateDiff, LongAndWeightedPromptsTakeMoreChunks) {
    const auto pipeline = load_pipeline(describe_model(whole()), {}, {});
    std::string long_prompt;
    for (int i = 0; i < 40; ++i) {
        long_prompt += "a red ball, ";
    }
    const auto text = pipeline->condition({long_prompt, "blurry", true}, {});
    const auto& states = std::any_cast<const TextEmbeddings&>(text);
    EXPECT_GT(states.prompt.size(1), 77);
    EXPECT_EQ(states.prompt.size(1), states.negative.size(1));
    EXPECT_EQ(states.prompt.size(1) % 77, 0);
    const auto weighted = pipeline->condition({"a (red:1.5) ball", "", false}, {});
    const auto plain = pipeline->condition({"a red ball", "", false}, {});
    EXPECT_GT(
        parity_error(
            std::any_cast<const TextEmbeddings&>(weighted).prompt,
            std::any_cast<const TextEmbeddings&>(plain).prompt
        ),
        0.01
    );
}

TEST(AnimateDiff, SaysWhatTheDirectoryIs) {
    const ModelInfo info = describe_model(whole());
    EXPECT_EQ(info.family, "animatediff");
    EXPECT_EQ(info.lattice.size_multiple, 4); // two levels each
    EXPECT_EQ(info.lattice.frame_stride, 1);
    EXPECT_EQ(info.lattice.max_frames, 128); // by windows
    EXPECT_EQ(info.default_frames, 8);       // what its motion modules know
    EXPECT_EQ(info.default_steps, 8);
    EXPECT_EQ(info.default_guidance, 7.5);
    EXPECT_EQ(info.draft.long_side, 256);
    EXPECT_EQ(info.draft.latent_frames, 4);
    EXPECT_EQ(info.draft.steps, 2);
    EXPECT_THAT(
        info.schedulers, testing::ElementsAre("ddim", "unipc", "euler", "lcm", "pndm", "euler-ancestral")
    );
}

TEST(AnimateDiff, RefusesWhatDoesNotBelongTogether) {
    const auto sentence = [](const fs::path& directory) -> std::string {
        try {
            describe_model(directory);
            return "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return error.what();
        }
    };
    using testing::HasSubstr;
    const Beside beside;
    EXPECT_EQ(sentence(beside.path()), "accepted");
    beside.write_index("CLIPTextModelWithProjection");
    EXPECT_THAT(sentence(beside.path()), HasSubstr("CLIPTextModelWithProjection"));
    beside.write_index("CLIPTextModel");
    const fs::path adapter = beside.path() / "motion_adapter" / "config.json";
    std::string config = read_file(adapter);
    const std::size_t at = config.find("block_out_channels");
    config.insert(config.find('[', at) + 1, "16, ");
    write_file(adapter, config);
    EXPECT_THAT(sentence(beside.path()), HasSubstr("belongs to another model"));
    fs::remove_all(beside.path() / "motion_adapter");
    EXPECT_EQ(sentence(beside.path()), "accepted");
    EXPECT_EQ(describe_model(beside.path()).family, "stable_diffusion") << "a model of stills now";
}

TEST(AnimateDiff, RefusesOtherBasesWithOneSentence) {
    const auto sentence = [](const auto& action) -> std::string {
        try {
            action();
            return "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return error.what();
        }
    };
    using testing::HasSubstr;
    const Beside beside;
    const auto described = [&] { describe_model(beside.path()); };
    // v-prediction
    const fs::path scheduler = beside.path() / "scheduler" / "scheduler_config.json";
    const std::string epsilon = read_file(scheduler);
    write_file(scheduler, R"({"_class_name": "PNDMScheduler", "prediction_type": "v_prediction"})");
    EXPECT_THAT(sentence(described), HasSubstr("predicts v_prediction"));
    write_file(scheduler, R"({"_class_name": "PNDMScheduler", "num_train_timesteps": 1000})");
    EXPECT_EQ(sentence(described), "accepted") << "the scheduler of stills is not asked";
    write_file(scheduler, epsilon);
    // Stable Diffusion 2
    const fs::path unet = beside.path() / "unet" / "config.json";
    std::string config = read_file(unet);
    const std::string own = R"("cross_attention_dim": 12)";
    ASSERT_NE(config.find(own), std::string::npos);
    write_file(unet, config.replace(config.find(own), own.size(), R"("cross_attention_dim": 1024)"));
    EXPECT_THAT(sentence(described), HasSubstr("this is Stable Diffusion 2"));
    // SDXL, by its UNet and by its pipelines
    config = read_file(unet);
    for (const auto& [key, value] : std::initializer_list<std::pair<std::string, std::string>>{
             {"addition_embed_type", R"("text_time")"},
             {"addition_time_embed_dim", "8"},
             {"projection_class_embeddings_input_dim", "96"}
         }) {
        const std::string none = "\"" + key + "\": null";
        ASSERT_NE(config.find(none), std::string::npos) << key;
        config.replace(config.find(none), none.size(), "\"" + key + "\": " + value);
    }
    write_file(unet, config);
    EXPECT_THAT(sentence(described), HasSubstr("SDXL"));
    const fs::path index = beside.path() / "model_index.json";
    for (const std::string name : {"AnimateDiffSDXLPipeline", "StableDiffusionXLPipeline"}) {
        write_file(
            index, R"({"_class_name": ")" + name + R"(", "unet": ["diffusers", "UNet2DConditionModel"]})"
        );
        EXPECT_THAT(sentence(described), testing::AnyOf(HasSubstr("SDXL"), HasSubstr(name)));
    }
}

} // namespace
} // namespace rushes
