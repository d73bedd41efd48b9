// Against traces of diffusers (tests/parity/make_scheduler_fixtures.py), and the mistakes that must not pass.
#include "base/error.h"
#include "schedulers/traces.h"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iostream>

#include <ATen/CPUGeneratorImpl.h>

namespace rushes {
namespace {

constexpr double tolerance = 5e-6;

using Kind = SchedulerConfig::Kind;
using Spacing = SchedulerConfig::Spacing;
using Sigmas = SchedulerConfig::Sigmas;
using Curve = BetaSchedule::Curve;

TEST_F(Schedulers, SigmasAndTimestepsAreExactlyTheReferences) {
    ASSERT_GT(cases().size(), 120U);
    for (const Case& c : cases()) {
        const auto scheduler = make_scheduler(c.config, c.request, {});
        const at::Tensor timesteps = tensor(c, "timesteps").to(at::kFloat);
        // These are read off a table of logarithms, which no two libraries compute alike to the last bit.
        const bool exact = c.config.sigmas == SchedulerConfig::Sigmas::plain;
        EXPECT_TRUE(at::allclose(at::tensor(scheduler->timesteps()), timesteps, exact ? 0 : 1e-5, 0))
            << c.name << at::tensor(scheduler->timesteps()) << timesteps;
        // A table of betas ends in digits that depend on the processor: diffusers itself, run on another than
        // its traces were made on, is up to 5.0e-7 off. Levels of flow are the same bits everywhere.
        const double rounding = exact && c.config.prediction == Prediction::flow ? 0 : 1e-6;
        if (has(c, "sigmas")) {
            const at::Tensor sigmas = tensor(c, "sigmas");
            EXPECT_TRUE(at::allclose(at::tensor(scheduler->sigmas()), sigmas, rounding, 0))
                << c.name << at::tensor(scheduler->sigmas()) << sigmas;
        }
        const float noise = has(c, "init_noise_sigma") ? tensor(c, "init_noise_sigma").item<float>() : 1;
        EXPECT_NEAR(scheduler->init_noise_sigma(), noise, rounding * noise) << c.name;
    }
}

TEST_F(Schedulers, EveryStepAgrees) {
    double worst = 0;
    for (const Case& c : cases()) {
        const double error = trace_error(c);
        if (c.name == "discrete_zero_snr") {
            // The reference takes the difference of two numbers near its first sigma of 4096, in fp32.
            EXPECT_LT(error, 2e-4);
            continue;
        }
        EXPECT_LT(error, tolerance) << c.name;
        worst = std::max(worst, error);
    }
    std::cout << "| schedulers, " << cases().size() << " traces of up to 50 steps | " << worst << " | "
              << tolerance << " |\n";
}

TEST_F(Schedulers, MistakesInTheSettingsAreSeen) {
    const std::vector<std::tuple<std::string, std::string, void (*)(SchedulerConfig&)>> mistakes{
        {"order 1 for 2", "unipc_3_6", [](SchedulerConfig& c) { c.solver_order = 1; }},
        {"order 3 for 2", "unipc_3_6", [](SchedulerConfig& c) { c.solver_order = 3; }},
        {"order 2 for 3", "unipc_order3", [](SchedulerConfig& c) { c.solver_order = 2; }},
        {"bh2 for bh1", "unipc_bh1", [](SchedulerConfig& c) { c.bh1 = false; }},
        {"bh2 for bh1, order 3", "unipc_bh1_order3", [](SchedulerConfig& c) { c.bh1 = false; }},
        {"no corrector", "unipc_3_6", [](SchedulerConfig& c) { c.disable_corrector = {0, 1, 2, 3, 4}; }},
        {"corrector where it is off",
         "unipc_no_corrector",
         [](SchedulerConfig& c) { c.disable_corrector = {}; }},
        {"order not lowered at the end", "unipc_3_6", [](SchedulerConfig& c) { c.lower_order_final = false; }
        },
        {"last sigma kept", "unipc_3_6", [](SchedulerConfig& c) { c.final_sigma_zero = false; }},
        {"last sigma zero", "unipc_sigma_min", [](SchedulerConfig& c) { c.final_sigma_zero = true; }},
        {"shift ignored, unipc", "unipc_3_6", [](SchedulerConfig& c) { c.shift = 1; }},
        {"shift ignored, euler", "euler_3_6", [](SchedulerConfig& c) { c.shift = 1; }},
        {"terminal ignored, unipc", "unipc_terminal", [](SchedulerConfig& c) { c.shift_terminal.reset(); }},
        {"terminal ignored, euler", "euler_terminal", [](SchedulerConfig& c) { c.shift_terminal.reset(); }},
        {"no fresh noise", "euler_stochastic", [](SchedulerConfig& c) { c.stochastic_sampling = false; }},
        {"the other solver", "euler_3_6", [](SchedulerConfig& c) { c.kind = Kind::unipc; }},
        {"dynamic shift ignored", "ltx_7392_8", [](SchedulerConfig& c) { c.dynamic_shift.reset(); }},
        {"linear shift for exponential",
         "ltx_7392_8",
         [](SchedulerConfig& c) { c.dynamic_shift->linear = true; }},
        {"shift of another size", "ltx_7392_8", [](SchedulerConfig& c) { c.dynamic_shift->max_tokens *= 2; }},
        {"no karras spacing", "euler_karras", [](SchedulerConfig& c) { c.sigmas = Sigmas::plain; }},
        {"exponential for karras",
         "discrete_karras",
         [](SchedulerConfig& c) { c.sigmas = Sigmas::exponential; }},
        {"scaled_linear for linear",
         "ddim_animatediff_7",
         [](SchedulerConfig& c) { c.betas.curve = Curve::scaled_linear; }},
        {"linear for scaled_linear",
         "discrete_sd15_5",
         [](SchedulerConfig& c) { c.betas.curve = Curve::linear; }},
        {"linear for cosine", "ddim_cosine", [](SchedulerConfig& c) { c.betas.curve = Curve::linear; }},
        {"other betas", "lcm_4", [](SchedulerConfig& c) { c.betas.end = 0.02; }},
        {"no rescaled end", "ddim_zero_snr", [](SchedulerConfig& c) { c.betas.zero_terminal = false; }},
        {"leading for trailing", "lightning_4", [](SchedulerConfig& c) { c.spacing = Spacing::leading; }},
        {"linspace for trailing", "turbo_4", [](SchedulerConfig& c) { c.spacing = Spacing::linspace; }},
        {"trailing for leading", "ddim_sd15_5", [](SchedulerConfig& c) { c.spacing = Spacing::trailing; }},
        {"leading for linspace", "ddim_linspace_7", [](SchedulerConfig& c) { c.spacing = Spacing::leading; }},
        {"timesteps off by one, ddim", "ddim_sd15_5", [](SchedulerConfig& c) { c.steps_offset = 0; }},
        {"timesteps off by one, euler", "discrete_sd15_5", [](SchedulerConfig& c) { c.steps_offset = 0; }},
        {"timesteps off by one, unipc", "unipc_leading", [](SchedulerConfig& c) { c.steps_offset = 0; }},
        {"ends clean", "ddim_sd15_5", [](SchedulerConfig& c) { c.final_alpha_one = true; }},
        {"ends with noise", "ddim_animatediff_7", [](SchedulerConfig& c) { c.final_alpha_one = false; }},
        {"ends clean, pndm", "pndm_sd15_5", [](SchedulerConfig& c) { c.final_alpha_one = true; }},
        {"timesteps off by one, pndm", "pndm_sd15_5", [](SchedulerConfig& c) { c.steps_offset = 0; }},
        {"no fresh noise, ancestral", "ancestral_turbo_4", [](SchedulerConfig& c) { c.kind = Kind::euler; }},
        {"ends at 0", "discrete_sigma_min", [](SchedulerConfig& c) { c.final_sigma_zero = true; }},
        {"not clipped", "ddim_clip", [](SchedulerConfig& c) { c.clip_range.reset(); }},
        {"clipped", "ddim_animatediff_7", [](SchedulerConfig& c) { c.clip_range = 1; }},
        {"clipped elsewhere", "lcm_clip", [](SchedulerConfig& c) { c.clip_range = 1; }},
        {"epsilon taken for v, ddim",
         "ddim_v_prediction",
         [](SchedulerConfig& c) { c.prediction = Prediction::epsilon; }},
        {"epsilon taken for v, euler",
         "discrete_v_prediction",
         [](SchedulerConfig& c) { c.prediction = Prediction::epsilon; }},
        {"epsilon taken for v, lcm",
         "lcm_v_prediction",
         [](SchedulerConfig& c) { c.prediction = Prediction::epsilon; }},
        {"epsilon taken for v, unipc",
         "unipc_v",
         [](SchedulerConfig& c) { c.prediction = Prediction::epsilon; }},
        {"x0 taken for epsilon", "lightning_4", [](SchedulerConfig& c) { c.prediction = Prediction::sample; }
        },
        {"another teacher's grid", "lcm_original", [](SchedulerConfig& c) { c.original_steps = 50; }},
        {"boundary condition", "lcm_scaling", [](SchedulerConfig& c) { c.timestep_scaling = 10; }},
        {"euler for lcm", "lcm_4", [](SchedulerConfig& c) { c.kind = Kind::euler; }},
        {"ddim for lcm", "lcm_4", [](SchedulerConfig& c) { c.kind = Kind::ddim; }},
    };
    for (const auto& [mistake, name, seed] : mistakes) {
        const Case c = find(name);
        ASSERT_LT(trace_error(c), tolerance) << name;
        SchedulerConfig wrong = c.config;
        seed(wrong);
        EXPECT_GT(trace_error(c, wrong), 10 * tolerance) << mistake << " passes for right";
    }
}

TEST_F(Schedulers, MistakesInTheRequestAreSeen) {
    const auto error = [&](const std::string& name, void (*seed)(StepRequest&)) {
        const Case c = find(name);
        StepRequest wrong = c.request;
        seed(wrong);
        return trace_error(c, c.config, wrong);
    };
    EXPECT_GT(error("dmd", [](StepRequest& r) { r.shifted = false; }), 1e-3) << "shifted twice";
    EXPECT_GT(error("dmd", [](StepRequest& r) { r.sigmas.clear(); }), 1e-3) << "timestep / 1000 for sigma";
    EXPECT_GT(
        error(
            "ltx_7392_8",
            [](StepRequest& r) {
                r.sigmas.clear();
                r.steps = 8;
            }
        ),
        1e-3
    ) << "own grid";
    EXPECT_GT(error("ltx_7392_8", [](StepRequest& r) { r.tokens /= 2; }), 1e-3);
    EXPECT_GT(
        error(
            "lcm_list",
            [](StepRequest& r) {
                r.timesteps.clear();
                r.steps = 4;
            }
        ),
        1e-3
    );
    EXPECT_GT(error("discrete_list", [](StepRequest& r) { r.timesteps[1] = 600; }), 10 * tolerance);
}

TEST_F(Schedulers, BeginningAtTheWrongStepIsSeen) {
    for (const char* name : {"euler_5_from", "unipc_5_from", "ddim_from", "discrete_from"}) {
        Case c = find(name);
        ASSERT_EQ(c.begin, 3U);
        ASSERT_LT(trace_error(c), tolerance) << name;
        c.begin = 2;
        EXPECT_GT(trace_error(c), 1e-2) << name;
    }
}

TEST(StepLists, AreThoseOfThePipelines) {
    EXPECT_EQ(even_sigmas(1), std::vector{1.0});
    EXPECT_EQ(even_sigmas(4), (std::vector{1.0, 0.75, 0.5, 0.25}));
    EXPECT_EQ(linear_quadratic_sigmas(1), std::vector{1.0});
    SafetensorsFile file(test::fixture_path("schedulers.safetensors"));
    const at::Tensor wanted = file.tensor("ltx_quadratic.timesteps") / 1000;
    EXPECT_LT(test::parity_error(at::tensor(linear_quadratic_sigmas(10)), wanted), 1e-6);
}

/// The two well-known misreadings of the grids must differ from what the fixture holds.
TEST_F(Schedulers, MisreadGridsAreSeen) {
    const Case euler = find("euler_5_4");
    std::vector<float> shifted_once;
    for (int i = 0; i < 4; ++i) {
        const double sigma = 1 - i * (1 - 0.001) / 3;
        shifted_once.push_back(static_cast<float>(5 * sigma / (1 + 4 * sigma)));
    }
    EXPECT_GT(test::parity_error(at::tensor(shifted_once), tensor(euler, "sigmas").slice(0, 0, 4)), 1e-3);
    const Case unipc = find("unipc_5_4");
    const at::Tensor times = tensor(unipc, "sigmas").slice(0, 0, 4) * 1000;
    EXPECT_FALSE(at::equal(times.round(), tensor(unipc, "timesteps").to(at::kFloat)));
    EXPECT_FALSE(at::equal(times, tensor(unipc, "timesteps").to(at::kFloat)));
}

TEST_F(Schedulers, X0IsTheEstimateThatTheStepUsed) {
    for (const char* name : {"unipc_3_6", "euler_3_6"}) {
        const Case c = find(name);
        const auto scheduler = make_scheduler(c.config, c.request, {});
        const at::Tensor sample = tensor(c, "samples")[0];
        const at::Tensor velocity = tensor(c, "outputs")[0];
        const at::Tensor x0 = scheduler->step(velocity, sample).x0;
        EXPECT_LT(test::parity_error(x0, sample - velocity * tensor(c, "sigmas")[0]), 1e-6) << name;
    }
}

/// A model that always points at the same clean sample is solved exactly, by any number of steps.
TEST_F(Schedulers, AStraightFlowIsSolvedExactly) {
    for (const char* name :
         {"unipc_5_1",
          "unipc_5_2",
          "unipc_5_20",
          "unipc_order3",
          "euler_5_1",
          "euler_5_20",
          "euler_stochastic"}) {
        const Case c = find(name);
        const auto scheduler =
            make_scheduler(c.config, c.request, at::make_generator<at::CPUGeneratorImpl>(1));
        const at::Tensor clean = at::linspace(-1, 1, 7);
        at::Tensor sample = at::linspace(3, -2, 7);
        for (int i = 0; i < c.request.steps; ++i) {
            const at::Tensor velocity = (sample - clean) / scheduler->sigmas()[static_cast<std::size_t>(i)];
            sample = scheduler->step(velocity, sample).prev_sample;
        }
        EXPECT_LT(test::parity_error(sample, clean), 1e-5) << name;
    }
}

TEST(SchedulerConfig, OtherSolverTakesOverTheShift) {
    SchedulerConfig own;
    own.shift = 5;
    EXPECT_THAT(scheduler_names(own), testing::ElementsAre("unipc", "flow-euler"));
    const SchedulerConfig other = scheduler_by_name(own, "flow-euler");
    EXPECT_EQ(other.kind, Kind::flow_euler);
    EXPECT_EQ(other.shift, 5);
    EXPECT_EQ(scheduler_by_name(own, "").kind, own.kind);
    EXPECT_THROW(scheduler_by_name(own, "ddim"), Error);
}

TEST(SchedulerConfig, OtherSolverTakesOverTheNoiseLevels) {
    SchedulerConfig own;
    own.kind = Kind::ddim;
    own.prediction = Prediction::v;
    own.betas = {Curve::scaled_linear, 0.00085, 0.012, false};
    own.spacing = Spacing::leading;
    own.steps_offset = 1;
    EXPECT_THAT(
        scheduler_names(own), testing::ElementsAre("ddim", "unipc", "euler", "lcm", "pndm", "euler-ancestral")
    );
    const SchedulerConfig other = scheduler_by_name(own, "euler");
    EXPECT_EQ(other.kind, Kind::euler);
    EXPECT_EQ(other.prediction, Prediction::v);
    EXPECT_EQ(other.betas.curve, Curve::scaled_linear);
    EXPECT_EQ(other.betas.end, 0.012);
    EXPECT_EQ(other.spacing, Spacing::leading);
    EXPECT_EQ(other.steps_offset, 1);
    try {
        scheduler_by_name(own, "flow-euler");
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "There is no scheduler named \"flow-euler\".");
        EXPECT_EQ(error.hint(), "Use ddim, unipc, euler, lcm, pndm or euler-ancestral.");
    }
}

/// The sentence of the refusal, or "accepted". `settings` are appended to the class and 1000 timesteps.
std::string read(const std::string& class_name, const std::string& settings) {
    const std::string json =
        R"({"_class_name": ")" + class_name + R"(", "num_train_timesteps": 1000)" + settings + "}";
    try {
        read_scheduler_config(JsonConfig::parse(json, "scheduler/scheduler_config.json"));
        return "accepted";
    } catch (const Error& error) {
        return error.what();
    }
}

TEST(SchedulerConfig, RefusesWhatTheSolversLack) {
    using testing::HasSubstr;
    const std::string euler = "FlowMatchEulerDiscreteScheduler";
    const std::string unipc = "UniPCMultistepScheduler";
    const std::string shift = R"(, "shift": 3.0)";
    const std::string flow = R"(, "prediction_type": "flow_prediction", "use_flow_sigmas": true)";
    EXPECT_EQ(read(euler, shift), "accepted");
    EXPECT_EQ(read(unipc, flow), "accepted");
    EXPECT_EQ(read(euler, R"(, "use_dynamic_shifting": true)"), "accepted");
    EXPECT_THAT(read(euler, ""), HasSubstr("\"shift\" is missing"));
    EXPECT_THAT(read(euler, shift + R"(, "use_beta_sigmas": true)"), HasSubstr("use_beta_sigmas"));
    EXPECT_THAT(read(euler, shift + R"(, "invert_sigmas": true)"), HasSubstr("invert_sigmas"));
    EXPECT_THAT(
        read(euler, shift + R"(, "use_karras_sigmas": true, "use_exponential_sigmas": true)"),
        HasSubstr("both true")
    );
    EXPECT_THAT(
        read(euler, R"(, "use_dynamic_shifting": true, "time_shift_type": "cubic")"), HasSubstr("cubic")
    );
    EXPECT_THAT(
        read(euler, R"(, "use_dynamic_shifting": true, "max_image_seq_len": 256)"),
        HasSubstr("base_image_seq_len")
    );
    EXPECT_THAT(read(unipc, flow + R"(, "use_karras_sigmas": true)"), HasSubstr("use_karras_sigmas"));
    EXPECT_THAT(read(unipc, flow + R"(, "solver_order": 4)"), HasSubstr("solver_order"));
    EXPECT_THAT(read(unipc, flow + R"(, "lower_order_final": false)"), HasSubstr("lower_order_final"));
    EXPECT_THAT(read(unipc, R"(, "prediction_type": "flow_prediction")"), HasSubstr("use_flow_sigmas"));
    EXPECT_THAT(
        read(unipc, R"(, "prediction_type": "epsilon", "use_flow_sigmas": true)"), HasSubstr("epsilon")
    );
    EXPECT_THAT(read("HeunDiscreteScheduler", ""), HasSubstr("HeunDiscreteScheduler"));
}

TEST(SchedulerConfig, RefusesWhatDiffusionLacks) {
    using testing::HasSubstr;
    for (const char* name :
         {"DDIMScheduler", "EulerDiscreteScheduler", "LCMScheduler", "UniPCMultistepScheduler"}) {
        EXPECT_EQ(read(name, ""), "accepted");
        EXPECT_THAT(read(name, R"(, "prediction_type": "velocity")"), HasSubstr("velocity"));
        EXPECT_THAT(read(name, R"(, "beta_schedule": "sigmoid")"), HasSubstr("sigmoid"));
        EXPECT_THAT(read(name, R"(, "timestep_spacing": "odd")"), HasSubstr("odd"));
        EXPECT_THAT(read(name, R"(, "trained_betas": [0.1])"), HasSubstr("trained_betas"));
        EXPECT_THAT(read(name, R"(, "thresholding": true)"), HasSubstr("thresholding"));
        EXPECT_THAT(read(name, R"(, "beta_end": 1.5)"), HasSubstr("beta_end"));
        EXPECT_THAT(read(name, R"(, "steps_offset": -1)"), HasSubstr("steps_offset"));
    }
    EXPECT_THAT(
        read("EulerDiscreteScheduler", R"(, "timestep_type": "continuous")"), HasSubstr("continuous")
    );
    EXPECT_THAT(
        read("EulerDiscreteScheduler", R"(, "interpolation_type": "log_linear")"), HasSubstr("log_linear")
    );
    EXPECT_THAT(read("EulerDiscreteScheduler", R"(, "sigma_max": 80)"), HasSubstr("sigma_max"));
    EXPECT_THAT(read("EulerDiscreteScheduler", R"(, "final_sigmas_type": "one")"), HasSubstr("one"));
    EXPECT_THAT(
        read("DDIMScheduler", R"(, "rescale_betas_zero_snr": true)"), HasSubstr("rescale_betas_zero_snr")
    );
    EXPECT_THAT(
        read("LCMScheduler", R"(, "original_inference_steps": 2000)"), HasSubstr("original_inference_steps")
    );
}

TEST(SchedulerConfig, RefusesAnAbsurdNumberOfSteps) {
    EXPECT_THROW(make_scheduler({}, 0, {}), Error);
    EXPECT_THROW(make_scheduler({}, 1001, {}), Error);
    SchedulerConfig lcm;
    lcm.kind = Kind::lcm;
    lcm.prediction = Prediction::epsilon;
    EXPECT_NO_THROW(make_scheduler(lcm, 50, {}));
    EXPECT_THROW(make_scheduler(lcm, 51, {}), Error);
    SchedulerConfig ddim = lcm;
    ddim.kind = Kind::ddim;
    ddim.spacing = Spacing::leading;
    ddim.steps_offset = 1;
    EXPECT_NO_THROW(make_scheduler(ddim, 500, {}));
    EXPECT_THROW(make_scheduler(ddim, 1000, {}), Error) << "timestep 1000 of 0..999";
}

TEST(SchedulerConfig, RefusesListsThatDoNotFallOrDoNotFit) {
    const auto make = [](Kind kind, Prediction prediction, StepRequest request) {
        SchedulerConfig config;
        config.kind = kind;
        config.prediction = prediction;
        return make_scheduler(config, request, at::make_generator<at::CPUGeneratorImpl>(1));
    };
    const auto flow = [&](StepRequest request) { return make(Kind::flow_euler, Prediction::flow, request); };
    EXPECT_NO_THROW(flow({.sigmas = {1, 0.5}}));
    EXPECT_NO_THROW(flow({.timesteps = {1000, 757, 522}}));
    EXPECT_THROW(flow({.sigmas = {0.5, 1}}), Error);
    EXPECT_THROW(flow({.sigmas = {1, 1}}), Error);
    EXPECT_THROW(flow({.sigmas = {1.5, 0.5}}), Error);
    EXPECT_THROW(flow({.sigmas = {1, NAN}}), Error);
    EXPECT_THROW(flow({.sigmas = {1, 0.5}, .timesteps = {1000}}), Error);
    EXPECT_THROW(make(Kind::lcm, Prediction::epsilon, {.timesteps = {1000, 500}}), Error) << "0..999";
    EXPECT_THROW(make(Kind::ddim, Prediction::epsilon, {.timesteps = {999, 500}}), Error) << "takes none";
    EXPECT_THROW(make(Kind::euler, Prediction::epsilon, {.sigmas = {1, 0.5}}), Error) << "takes none";
}

/// For these numbers of steps numpy.arange gives the reference one timestep too many, -1.
TEST(SchedulerConfig, TrailingStepsAreAsManyAsAskedFor) {
    SchedulerConfig config;
    config.kind = Kind::euler;
    config.prediction = Prediction::epsilon;
    config.spacing = Spacing::trailing;
    for (const int steps : {61, 103, 121}) {
        const auto scheduler = make_scheduler(config, steps, {});
        ASSERT_EQ(scheduler->timesteps().size(), static_cast<std::size_t>(steps));
        EXPECT_EQ(scheduler->timesteps().front(), 999);
        EXPECT_GT(scheduler->timesteps().back(), 0);
    }
}

} // namespace
} // namespace rushes
