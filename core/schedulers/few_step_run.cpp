#include "schedulers/few_step_run.h"

#include "base/error.h"
#include "schedulers/few_steps.h"
#include "schedulers/sigma_spacing.h"

#include <array>
#include <cmath>

namespace rushes {

namespace {

constexpr double distilled_shift = 5;

StepRequest dmd(const SchedulerConfig& config, int steps) {
    StepRequest request;
    request.timesteps = {1000, 757, 522};
    if (steps != static_cast<int>(request.timesteps.size())) {
        request.timesteps.clear();
        for (const double sigma : even_sigmas(steps)) {
            request.timesteps.push_back(config.num_train_timesteps * shifted(sigma, config.shift));
        }
    }
    request.sigmas = training_sigmas(config, request.timesteps);
    request.shifted = true;
    return request;
}

StepRequest rcm(int steps, bool from_picture) {
    const std::array angles{std::atan(from_picture ? 200.0 : 80.0), 1.5, 1.4, 1.0};
    StepRequest request;
    for (int step = 0; step < steps; ++step) {
        const double noise = std::tan(angles.at(static_cast<std::size_t>(step)));
        request.sigmas.push_back(noise / (1 + noise));
    }
    request.shifted = true;
    request.scaled_noise = true;
    return request;
}

} // namespace

FewStepRun few_step_run(const SchedulerConfig& own, const std::string& name, int steps, bool from_picture) {
    const FewSteps* const kind = few_steps_named(name);
    if (kind == nullptr || steps < 1 || steps > kind->most) {
        throw Error(
            ErrorKind::user,
            "There is no schedule \"" + name + "\" of " + std::to_string(steps) + " steps.",
            kind == nullptr ? "" : "It has at most " + std::to_string(kind->most) + "."
        );
    }
    FewStepRun run;
    run.config.kind = SchedulerConfig::Kind::flow_euler;
    run.config.num_train_timesteps = own.num_train_timesteps;
    run.config.shift = own.shift;
    run.config.stochastic_sampling = name != "distilled";
    if (name == "dmd") {
        run.request = dmd(run.config, steps);
    } else if (name == "rcm") {
        run.request = rcm(steps, from_picture);
    } else {
        run.config.shift = distilled_shift;
        run.request.sigmas = even_sigmas(steps);
    }
    return run;
}

} // namespace rushes
