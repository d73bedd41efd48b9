// Stills of Stable Diffusion against diffusers (make_still_fixtures.py): text, latents after every step, the
// picture; 1.x with its own scheduler and others, Turbo in one step and four, v-prediction.
#include "animatediff_fixture.h"
#include "base/error.h"

#include <gmock/gmock.h>

namespace rushes {
namespace {

using namespace test; // NOLINT(google-build-using-namespace): what these tests are made of

constexpr const char* still_prompt = "a red ball over the sea";

fs::path still(const std::string& name) {
    return fixture_path("stills/" + name);
}

TEST(Stills, OfStableDiffusionAgreeWithEveryScheduler) {
    const ModelInfo info = describe_model(still("plain"));
    EXPECT_EQ(info.family, "stable_diffusion");
    EXPECT_EQ(info.schedulers.front(), "pndm");
    EXPECT_EQ(info.lattice.max_frames, 1);
    EXPECT_EQ(info.default_guidance, 7.5);
    const auto pipeline = load_pipeline(info, {}, {});
    for (const std::string name : {"pndm", "ddim", "lcm"}) {
        const SafetensorsFile trace(still("plain/" + name + ".safetensors"));
        expect_agreement(*pipeline, trace, "still, " + name, pass_of(trace, name), still_prompt);
    }
}

TEST(Stills, OfTurboAgree) {
    const ModelInfo info = describe_model(still("turbo"));
    EXPECT_EQ(info.default_steps, 1);
    EXPECT_EQ(info.default_guidance, 1);
    const auto pipeline = load_pipeline(info, {}, {});
    for (const auto& [name, scheduler] : std::initializer_list<std::pair<std::string, std::string>>{
             {"turbo_1", ""}, {"turbo_4", ""}, {"ancestral", "euler-ancestral"}
         }) {
        const SafetensorsFile trace(still("turbo/" + name + ".safetensors"));
        expect_agreement(*pipeline, trace, "still, " + name, pass_of(trace, scheduler), still_prompt);
    }
}

/// A copy of the turbo directory with another scheduler_config.json.
class Copy {
public:
    explicit Copy(const std::string& scheduler) {
        fs::copy(still("turbo"), path_, fs::copy_options::recursive);
        write_file(path_ / "scheduler" / "scheduler_config.json", scheduler);
    }

    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    ~Copy() { fs::remove_all(path_); }

    const fs::path& path() const { return path_; }

private:
    fs::path path_ = fs::temp_directory_path() / ("rushes-still-" + std::to_string(::getpid()));
};

TEST(Stills, ThatPredictVAgree) {
    const Copy copy(R"({"_class_name": "DDIMScheduler", "num_train_timesteps": 1000, "beta_start": 0.00085,
        "beta_end": 0.012, "beta_schedule": "scaled_linear", "prediction_type": "v_prediction", "clip_sample": false,
        "set_alpha_to_one": false, "steps_offset": 1})");
    const auto pipeline = load_pipeline(describe_model(copy.path()), {}, {});
    const SafetensorsFile trace(still("turbo/v.safetensors"));
    expect_agreement(*pipeline, trace, "still, v", pass_of(trace, ""), still_prompt);
}

TEST(Stills, MistakesAreSeen) {
    const SafetensorsFile trace(still("plain/pndm.safetensors"));
    const auto pipeline = load_pipeline(describe_model(still("plain")), {}, {});
    const Conditioning text = pipeline->condition({still_prompt, negative, true}, {});
    Pass pass = pass_of(trace, "pndm");
    ASSERT_LT(run(*pipeline, trace, pass, text).latents, latent_tolerance);
    pass.scheduler = "lcm"; // as many latents as steps, one fewer than this trace has
    EXPECT_GT(run(*pipeline, trace, pass, text).latents, 10 * latent_tolerance);
    // The end of text in place of Turbo's padding is another picture.
    const auto turbo = load_pipeline(describe_model(still("turbo")), {}, {});
    const SafetensorsFile wanted(still("turbo/turbo_1.safetensors"));
    const auto states = std::any_cast<TextEmbeddings>(turbo->condition({still_prompt, negative, true}, {}));
    const Conditioning exchanged = TextEmbeddings{states.negative, states.prompt};
    EXPECT_GT(run(*turbo, wanted, pass_of(wanted, ""), exchanged).latents, 10 * latent_tolerance);
}

TEST(Stills, RefuseWhatDoesNotBelongTogether) {
    const auto sentence = [](const fs::path& directory) -> std::string {
        try {
            describe_model(directory);
            return "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return error.what();
        }
    };
    const Copy copy(R"({"_class_name": "PNDMScheduler", "num_train_timesteps": 1000})");
    EXPECT_THAT(sentence(copy.path()), testing::HasSubstr("skip_prk_steps"));
    write_file(
        copy.path() / "scheduler" / "scheduler_config.json",
        R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000, "shift": 1})"
    );
    EXPECT_THAT(sentence(copy.path()), testing::HasSubstr("solves flows"));
}

} // namespace
} // namespace rushes
