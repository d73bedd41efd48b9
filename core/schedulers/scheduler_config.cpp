#include "schedulers/scheduler_config.h"

#include "base/error.h"

#include <algorithm>
#include <array>

namespace rushes {

namespace {

using Kind = SchedulerConfig::Kind;
using Curve = BetaSchedule::Curve;
using Spacing = SchedulerConfig::Spacing;
using Sigmas = SchedulerConfig::Sigmas;

void refuse_when_true(const JsonConfig& config, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
        if (config.boolean(key, false)) {
            config.fail("\"" + std::string(key) + "\" is true, which is not supported.");
        }
    }
}

/// One of `names` (in the order of the enumeration Choice), or the fallback for a missing key.
template <typename Choice>
Choice read_choice(
    const JsonConfig& config,
    const std::string& key,
    std::initializer_list<std::string_view> names,
    Choice fallback
) {
    if (!config.has(key)) {
        return fallback;
    }
    const std::string name = config.require(key, names);
    return static_cast<Choice>(std::find(names.begin(), names.end(), name) - names.begin());
}

Prediction read_prediction(const JsonConfig& config) {
    const std::string name = config.has("prediction_type")
                                 ? config.require("prediction_type", {"epsilon", "v_prediction", "sample"})
                                 : "epsilon";
    return name == "epsilon" ? Prediction::epsilon : name == "sample" ? Prediction::sample : Prediction::v;
}

/// What all solvers of diffusion share. `result` holds the class's own defaults.
void read_diffusion(const JsonConfig& config, SchedulerConfig& result) {
    result.prediction = read_prediction(config);
    config.integer("num_train_timesteps", {2, 100000});
    if (config.has("trained_betas")) {
        config.fail("\"trained_betas\" is not supported.");
    }
    BetaSchedule& betas = result.betas;
    betas.curve =
        read_choice(config, "beta_schedule", {"linear", "scaled_linear", "squaredcos_cap_v2"}, betas.curve);
    betas.start = config.number("beta_start", {1e-8, 0.5}, betas.start);
    betas.end = config.number("beta_end", {1e-8, 0.9}, betas.end);
    betas.zero_terminal = config.boolean("rescale_betas_zero_snr", false);
    result.spacing =
        read_choice(config, "timestep_spacing", {"linspace", "leading", "trailing"}, result.spacing);
    result.steps_offset = static_cast<int>(config.integer("steps_offset", {0, 100}, 0));
    refuse_when_true(config, {"thresholding"});
}

void read_clip(const JsonConfig& config, bool fallback, SchedulerConfig& result) {
    if (config.boolean("clip_sample", fallback)) {
        result.clip_range = config.number("clip_sample_range", {1e-3, 1e6}, 1.0);
    }
}

Sigmas read_sigmas(const JsonConfig& config) {
    const bool karras = config.boolean("use_karras_sigmas", false);
    const bool exponential = config.boolean("use_exponential_sigmas", false);
    refuse_when_true(config, {"use_beta_sigmas"});
    if (karras && exponential) {
        config.fail(R"("use_karras_sigmas" and "use_exponential_sigmas" are both true.)");
    }
    return karras ? Sigmas::karras : exponential ? Sigmas::exponential : Sigmas::plain;
}

bool read_final_sigma_zero(const JsonConfig& config) {
    return read_choice(config, "final_sigmas_type", {"zero", "sigma_min"}, 0) == 0;
}

void read_flow_shift(const JsonConfig& config, SchedulerConfig& result) {
    const double terminal = config.number("shift_terminal", {0.0, 0.99}, 0.0);
    result.shift_terminal = terminal > 0 ? std::optional(terminal) : std::nullopt;
    if (!config.boolean("use_dynamic_shifting", false)) {
        return;
    }
    DynamicShift dynamic;
    dynamic.base_shift = config.number("base_shift", {0.0, 20.0}, dynamic.base_shift);
    dynamic.max_shift = config.number("max_shift", {0.0, 20.0}, dynamic.max_shift);
    dynamic.base_tokens = config.integer("base_image_seq_len", {1, 1 << 24}, dynamic.base_tokens);
    dynamic.max_tokens = config.integer("max_image_seq_len", {1, 1 << 24}, dynamic.max_tokens);
    if (dynamic.max_tokens <= dynamic.base_tokens) {
        config.fail(R"("max_image_seq_len" must be larger than "base_image_seq_len".)");
    }
    dynamic.linear = read_choice(config, "time_shift_type", {"exponential", "linear"}, 0) == 1;
    result.dynamic_shift = dynamic;
}

void read_flow_euler(const JsonConfig& config, SchedulerConfig& result) {
    refuse_when_true(config, {"invert_sigmas"});
    read_flow_shift(config, result);
    result.shift = result.dynamic_shift ? config.number("shift", {0.01, 100.0}, 1.0)
                                        : config.number("shift", {0.01, 100.0});
    result.stochastic_sampling = config.boolean("stochastic_sampling", false);
    result.sigmas = read_sigmas(config);
}

void read_unipc(const JsonConfig& config, SchedulerConfig& result) {
    refuse_when_true(
        config, {"use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "thresholding"}
    );
    if (config.boolean("use_flow_sigmas", false)) {
        config.require("prediction_type", {"flow_prediction"});
        read_flow_shift(config, result);
        result.shift = config.number("flow_shift", {0.01, 100.0}, 1.0);
    } else {
        if (config.text("prediction_type", "epsilon") == "flow_prediction") {
            config.fail(R"("use_flow_sigmas" must be true where "prediction_type" is "flow_prediction".)");
        }
        read_diffusion(config, result);
    }
    if (!config.boolean("predict_x0", true)) {
        config.fail("\"predict_x0\" must be true.");
    }
    if (config.has("solver_p")) {
        config.fail("\"solver_p\" is not supported.");
    }
    result.solver_order = static_cast<int>(config.integer("solver_order", {1, 3}, 2));
    // The older names stand for bh2, as in the reference.
    result.bh1 = read_choice(config, "solver_type", {"bh1", "bh2", "midpoint", "heun", "logrho"}, 1) == 0;
    result.lower_order_final = config.boolean("lower_order_final", true);
    if (!result.lower_order_final && result.solver_order > 1) {
        config.fail("\"lower_order_final\" must be true: the last step has no spacing for a higher order.");
    }
    result.final_sigma_zero = read_final_sigma_zero(config);
    if (config.has("disable_corrector") && config.size("disable_corrector") > 0) {
        for (const std::int64_t step : config.integers("disable_corrector", {0, 10000}, 10000)) {
            result.disable_corrector.push_back(static_cast<int>(step));
        }
    }
}

void read_ddim(const JsonConfig& config, SchedulerConfig& result) {
    result.spacing = Spacing::leading;
    read_diffusion(config, result);
    result.final_alpha_one = config.boolean("set_alpha_to_one", true);
    read_clip(config, true, result);
    if (result.betas.zero_terminal && result.prediction == Prediction::epsilon) {
        config.fail("\"rescale_betas_zero_snr\" is true, which leaves nothing to predict epsilon from.");
    }
}

void read_euler(const JsonConfig& config, SchedulerConfig& result) {
    read_diffusion(config, result);
    read_choice(config, "interpolation_type", {"linear"}, 0);
    read_choice(config, "timestep_type", {"discrete"}, 0);
    for (const char* key : {"sigma_min", "sigma_max"}) {
        if (config.has(key)) {
            config.fail("\"" + std::string(key) + "\" is not supported.");
        }
    }
    result.sigmas = read_sigmas(config);
    result.final_sigma_zero = read_final_sigma_zero(config);
}

void read_lcm(const JsonConfig& config, SchedulerConfig& result) {
    result.betas = {Curve::scaled_linear, 0.00085, 0.012, false};
    result.spacing = Spacing::leading;
    read_diffusion(config, result);
    read_clip(config, false, result);
    result.original_steps =
        static_cast<int>(config.integer("original_inference_steps", {1, result.num_train_timesteps}, 50));
    result.timestep_scaling = config.number("timestep_scaling", {1e-3, 1e6}, 10.0);
}

void read_pndm(const JsonConfig& config, SchedulerConfig& result) {
    result.spacing = Spacing::leading;
    read_diffusion(config, result);
    if (!config.boolean("skip_prk_steps", false)) {
        config.fail("\"skip_prk_steps\" must be true: steps of Runge and Kutta are not supported.");
    }
    result.final_alpha_one = config.boolean("set_alpha_to_one", false);
}

void read_euler_ancestral(const JsonConfig& config, SchedulerConfig& result) {
    read_diffusion(config, result);
}

/// All solvers, in the order of SchedulerConfig::Kind. scheduler.cpp has the makers.
struct Row {
    std::string_view class_name;
    std::string_view name; ///< in recipes
    void (*read)(const JsonConfig& config, SchedulerConfig& result);
};

constexpr std::array table{
    Row{"FlowMatchEulerDiscreteScheduler", "flow-euler", read_flow_euler},
    Row{"UniPCMultistepScheduler", "unipc", read_unipc},
    Row{"DDIMScheduler", "ddim", read_ddim},
    Row{"EulerDiscreteScheduler", "euler", read_euler},
    Row{"LCMScheduler", "lcm", read_lcm},
    Row{"PNDMScheduler", "pndm", read_pndm},
    Row{"EulerAncestralDiscreteScheduler", "euler-ancestral", read_euler_ancestral},
};

bool solves(Kind kind, Prediction prediction) {
    return kind == Kind::unipc || (kind == Kind::flow_euler) == (prediction == Prediction::flow);
}

} // namespace

double DynamicShift::mu(std::int64_t tokens) const {
    const double slope = (max_shift - base_shift) / static_cast<double>(max_tokens - base_tokens);
    return static_cast<double>(tokens) * slope + (base_shift - slope * static_cast<double>(base_tokens));
}

std::string scheduler_name(Kind kind) {
    return std::string(table.at(static_cast<std::size_t>(kind)).name);
}

std::vector<std::string> scheduler_names(const SchedulerConfig& own) {
    std::vector<std::string> names{scheduler_name(own.kind)};
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto kind = static_cast<Kind>(i);
        if (kind != own.kind && solves(kind, own.prediction)) {
            names.emplace_back(table.at(i).name);
        }
    }
    return names;
}

SchedulerConfig read_scheduler_config(const JsonConfig& config) {
    const std::string class_name = config.require(
        "_class_name",
        {table[0].class_name,
         table[1].class_name,
         table[2].class_name,
         table[3].class_name,
         table[4].class_name,
         table[5].class_name,
         table[6].class_name}
    );
    const auto* const row = std::find_if(table.begin(), table.end(), [&](const Row& candidate) {
        return candidate.class_name == class_name;
    });
    SchedulerConfig result;
    result.kind = static_cast<Kind>(row - table.begin());
    result.num_train_timesteps = static_cast<int>(config.integer("num_train_timesteps", {1, 100000}));
    row->read(config, result);
    return result;
}

SchedulerConfig scheduler_by_name(const SchedulerConfig& own, const std::string& name) {
    if (name.empty() || name == scheduler_name(own.kind)) {
        return own;
    }
    const std::vector<std::string> names = scheduler_names(own);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
        std::string list = names.front();
        for (std::size_t i = 1; i < names.size(); ++i) {
            list += (i + 1 < names.size() ? ", " : " or ") + names[i];
        }
        throw Error(ErrorKind::user, "There is no scheduler named \"" + name + "\".", "Use " + list + ".");
    }
    const auto* const row = std::find_if(table.begin(), table.end(), [&](const Row& candidate) {
        return candidate.name == name;
    });
    SchedulerConfig other;
    other.kind = static_cast<Kind>(row - table.begin());
    other.prediction = own.prediction;
    other.num_train_timesteps = own.num_train_timesteps;
    other.shift = own.shift;
    other.dynamic_shift = own.dynamic_shift;
    other.shift_terminal = own.shift_terminal;
    other.betas = own.betas;
    other.spacing = own.spacing;
    other.steps_offset = own.steps_offset;
    other.clip_range = own.clip_range;
    other.final_alpha_one = own.final_alpha_one;
    return other;
}

} // namespace rushes
