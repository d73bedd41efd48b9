// Against traces of diffusers (tests/parity/make_scheduler_fixtures.py), and the mistakes that must not pass.
#include "base/error.h"
#include "schedulers/scheduler.h"
#include "support/parity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iostream>

#include <ATen/CPUGeneratorImpl.h>

namespace rushes {
namespace {

constexpr double tolerance = 5e-6;

struct Case {
    std::string name;
    int steps = 0;
    SchedulerConfig config;
};

class Schedulers : public testing::Test {
protected:
    std::vector<Case> cases() const {
        std::vector<Case> result;
        for (const auto& [name, text] : file_.header().metadata) {
            const JsonConfig entry = JsonConfig::parse(text, name);
            const auto steps = static_cast<int>(entry.integer("steps", {1, 1000}));
            result.push_back({name, steps, read_scheduler_config(entry.child("config"))});
        }
        return result;
    }

    Case find(const std::string& name) const {
        for (const Case& c : cases()) {
            if (c.name == name) {
                return c;
            }
        }
        throw std::runtime_error("no case " + name);
    }

    at::Tensor tensor(const Case& c, const std::string& what) const {
        return file_.tensor(c.name + "." + what);
    }

    /// Largest error of any sample of the trace.
    double trace_error(const Case& c, const SchedulerConfig& config) const {
        const auto scheduler = make_scheduler(config, c.steps, at::make_generator<at::CPUGeneratorImpl>(7));
        const at::Tensor outputs = tensor(c, "outputs");
        const at::Tensor samples = tensor(c, "samples");
        at::Tensor sample = samples[0];
        double error = 0;
        for (int i = 0; i < c.steps; ++i) {
            sample = scheduler->step(outputs[i], sample).prev_sample;
            error = std::max(error, test::parity_error(sample, samples[i + 1]));
        }
        return error;
    }

    double trace_error(const Case& c) const { return trace_error(c, c.config); }

    SafetensorsFile file_{test::fixture_path("schedulers.safetensors")};
};

TEST_F(Schedulers, SigmasAndTimestepsAreExactlyTheReferences) {
    ASSERT_GT(cases().size(), 30U);
    for (const Case& c : cases()) {
        const auto scheduler = make_scheduler(c.config, c.steps, {});
        EXPECT_TRUE(at::equal(at::tensor(scheduler->sigmas()), tensor(c, "sigmas"))) << c.name;
        EXPECT_TRUE(at::equal(at::tensor(scheduler->timesteps()), tensor(c, "timesteps").to(at::kFloat)))
            << c.name;
    }
}

TEST_F(Schedulers, EveryStepAgrees) {
    double worst = 0;
    for (const Case& c : cases()) {
        const double error = trace_error(c);
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
        {"the other solver", "euler_3_6", [](SchedulerConfig& c) { c.kind = SchedulerConfig::Kind::unipc; }},
    };
    for (const auto& [mistake, name, seed] : mistakes) {
        const Case c = find(name);
        ASSERT_LT(trace_error(c), tolerance) << name;
        SchedulerConfig wrong = c.config;
        seed(wrong);
        EXPECT_GT(trace_error(c, wrong), 10 * tolerance) << mistake << " passes for right";
    }
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
        const auto scheduler = make_scheduler(c.config, c.steps, {});
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
        const auto scheduler = make_scheduler(c.config, c.steps, at::make_generator<at::CPUGeneratorImpl>(1));
        const at::Tensor clean = at::linspace(-1, 1, 7);
        at::Tensor sample = at::linspace(3, -2, 7);
        for (int i = 0; i < c.steps; ++i) {
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
    EXPECT_EQ(other.kind, SchedulerConfig::Kind::flow_euler);
    EXPECT_EQ(other.shift, 5);
    EXPECT_EQ(scheduler_by_name(own, "").kind, own.kind);
    EXPECT_THROW(scheduler_by_name(own, "ddim"), Error);
}

TEST(SchedulerConfig, RefusesWhatTheSolversLack) {
    const auto sentence = [](const std::string& json) -> std::string {
        try {
            read_scheduler_config(JsonConfig::parse(json, "scheduler/scheduler_config.json"));
            return "accepted";
        } catch (const Error& error) {
            return error.what();
        }
    };
    const std::string euler =
        R"("_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000, "shift": 3.0)";
    const std::string unipc =
        R"("_class_name": "UniPCMultistepScheduler", "num_train_timesteps": 1000, "prediction_type": "flow_prediction", "use_flow_sigmas": true)";
    EXPECT_EQ(sentence("{" + euler + "}"), "accepted");
    EXPECT_EQ(sentence("{" + unipc + "}"), "accepted");
    EXPECT_THAT(
        sentence("{" + euler + R"(, "use_dynamic_shifting": true})"),
        testing::HasSubstr("use_dynamic_shifting")
    );
    EXPECT_THAT(
        sentence("{" + unipc + R"(, "use_karras_sigmas": true})"), testing::HasSubstr("use_karras_sigmas")
    );
    EXPECT_THAT(sentence("{" + unipc + R"(, "solver_order": 4})"), testing::HasSubstr("solver_order"));
    EXPECT_THAT(
        sentence("{" + unipc + R"(, "lower_order_final": false})"), testing::HasSubstr("lower_order_final")
    );
    EXPECT_THAT(sentence(R"({"_class_name": "DDIMScheduler"})"), testing::HasSubstr("DDIMScheduler"));
    EXPECT_THAT(
        sentence(R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000})"),
        testing::HasSubstr("\"shift\" is missing")
    );
    EXPECT_THAT(
        sentence(R"({"_class_name": "UniPCMultistepScheduler", "prediction_type": "epsilon"})"),
        testing::HasSubstr("epsilon")
    );
}

TEST(SchedulerConfig, RefusesAnAbsurdNumberOfSteps) {
    EXPECT_THROW(make_scheduler({}, 0, {}), Error);
    EXPECT_THROW(make_scheduler({}, 1001, {}), Error);
}

} // namespace
} // namespace rushes
