#include "schedulers/scheduler_config.h"

#include "base/error.h"

namespace rushes {

namespace {

using Kind = SchedulerConfig::Kind;

void refuse_when_true(const JsonConfig& config, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
        if (config.boolean(key, false)) {
            config.fail("\"" + std::string(key) + "\" is true, which is not supported.");
        }
    }
}

std::optional<double> read_shift_terminal(const JsonConfig& config) {
    const double value = config.number("shift_terminal", {0.0, 0.99}, 0.0);
    return value > 0 ? std::optional(value) : std::nullopt;
}

SchedulerConfig read_flow_euler(const JsonConfig& config) {
    SchedulerConfig result;
    result.kind = Kind::flow_euler;
    result.shift = config.number("shift", {0.01, 100.0});
    result.stochastic_sampling = config.boolean("stochastic_sampling", false);
    refuse_when_true(config, {"invert_sigmas"});
    return result;
}

SchedulerConfig read_unipc(const JsonConfig& config) {
    SchedulerConfig result;
    result.kind = Kind::unipc;
    config.require("prediction_type", {"flow_prediction"});
    if (!config.boolean("use_flow_sigmas", false)) {
        config.fail("\"use_flow_sigmas\" must be true.");
    }
    if (!config.boolean("predict_x0", true)) {
        config.fail("\"predict_x0\" must be true.");
    }
    if (config.has("solver_p")) {
        config.fail("\"solver_p\" is not supported.");
    }
    refuse_when_true(config, {"thresholding"});
    result.shift = config.number("flow_shift", {0.01, 100.0}, 1.0);
    result.solver_order = static_cast<int>(config.integer("solver_order", {1, 3}, 2));
    // The older names stand for bh2, as in the reference.
    const std::string type = config.has("solver_type")
                                 ? config.require("solver_type", {"bh1", "bh2", "midpoint", "heun", "logrho"})
                                 : "bh2";
    result.bh1 = type == "bh1";
    result.lower_order_final = config.boolean("lower_order_final", true);
    if (!result.lower_order_final && result.solver_order > 1) {
        config.fail("\"lower_order_final\" must be true: the last step has no spacing for a higher order.");
    }
    result.final_sigma_zero = !config.has("final_sigmas_type") ||
                              config.require("final_sigmas_type", {"zero", "sigma_min"}) == "zero";
    if (config.has("disable_corrector") && config.size("disable_corrector") > 0) {
        for (const std::int64_t step : config.integers("disable_corrector", {0, 10000}, 10000)) {
            result.disable_corrector.push_back(static_cast<int>(step));
        }
    }
    return result;
}

} // namespace

std::string scheduler_name(Kind kind) {
    return kind == Kind::unipc ? "unipc" : "flow-euler";
}

std::vector<std::string> scheduler_names(const SchedulerConfig& own) {
    const Kind other = own.kind == Kind::unipc ? Kind::flow_euler : Kind::unipc;
    return {scheduler_name(own.kind), scheduler_name(other)};
}

SchedulerConfig read_scheduler_config(const JsonConfig& config) {
    const std::string class_name =
        config.require("_class_name", {"UniPCMultistepScheduler", "FlowMatchEulerDiscreteScheduler"});
    refuse_when_true(
        config, {"use_dynamic_shifting", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"}
    );
    SchedulerConfig result =
        class_name == "UniPCMultistepScheduler" ? read_unipc(config) : read_flow_euler(config);
    result.num_train_timesteps = static_cast<int>(config.integer("num_train_timesteps", {1, 100000}));
    result.shift_terminal = read_shift_terminal(config);
    return result;
}

SchedulerConfig scheduler_by_name(const SchedulerConfig& own, const std::string& name) {
    if (name.empty() || name == scheduler_name(own.kind)) {
        return own;
    }
    const std::vector<std::string> names = scheduler_names(own);
    if (name != names.back()) {
        throw Error(
            ErrorKind::user,
            "There is no scheduler named \"" + name + "\".",
            "Use " + names[0] + " or " + names[1] + "."
        );
    }
    SchedulerConfig other;
    other.kind = own.kind == Kind::unipc ? Kind::flow_euler : Kind::unipc;
    other.num_train_timesteps = own.num_train_timesteps;
    other.shift = own.shift;
    other.shift_terminal = own.shift_terminal;
    return other;
}

} // namespace rushes
