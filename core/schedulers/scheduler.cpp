#include "schedulers/scheduler.h"

#include "base/error.h"
#include "schedulers/ddim.h"
#include "schedulers/euler_ancestral.h"
#include "schedulers/euler_discrete.h"
#include "schedulers/flow_match_euler.h"
#include "schedulers/lcm.h"
#include "schedulers/pndm.h"
#include "schedulers/unipc.h"

#include <algorithm>
#include <functional>

namespace rushes {

namespace {

using Kind = SchedulerConfig::Kind;

/// Which lists a solver takes in place of a number of steps.
struct Takes {
    bool sigmas;
    bool timesteps;
};

Takes taken_by(const SchedulerConfig& config) {
    switch (config.kind) {
    case Kind::flow_euler:
        return {true, true};
    case Kind::unipc:
        return {config.prediction == Prediction::flow, false};
    case Kind::euler:
        return {false, config.sigmas == SchedulerConfig::Sigmas::plain};
    case Kind::lcm:
        return {false, true};
    case Kind::ddim:
    case Kind::pndm:
    case Kind::euler_ancestral:
        break;
    }
    return {false, false};
}

void check_steps(const SchedulerConfig& config, int steps) {
    if (steps < 1 || steps > config.num_train_timesteps) {
        throw Error(
            ErrorKind::user,
            "The number of steps is " + std::to_string(steps) + ", which is not between 1 and " +
                std::to_string(config.num_train_timesteps) + "."
        );
    }
}

void check_list(
    const SchedulerConfig& config,
    const std::string& name,
    const std::vector<double>& list,
    double most,
    bool taken
) {
    if (list.empty()) {
        return;
    }
    check_steps(config, static_cast<int>(std::min<std::size_t>(list.size(), 1'000'000)));
    if (!taken) {
        throw Error(
            ErrorKind::user,
            "The scheduler " + scheduler_name(config.kind) + " takes no list of " + name + "."
        );
    }
    const bool falls = std::adjacent_find(list.begin(), list.end(), std::less_equal()) == list.end();
    if (!falls || !(list.front() <= most) || !(list.back() >= 0)) {
        throw Error(
            ErrorKind::user, "The " + name + " do not fall from at most " + std::to_string(most) + " to 0."
        );
    }
}

} // namespace

std::unique_ptr<Scheduler>
make_scheduler(const SchedulerConfig& config, const StepRequest& request, at::Generator noise) {
    const Takes takes = taken_by(config);
    const bool flow = config.prediction == Prediction::flow;
    const double last_time = config.num_train_timesteps - (flow ? 0 : 1);
    check_list(config, "sigmas", request.sigmas, 1, takes.sigmas);
    check_list(config, "timesteps", request.timesteps, last_time, takes.timesteps);
    if (request.sigmas.empty() && request.timesteps.empty()) {
        check_steps(config, request.steps);
    }
    if (!request.sigmas.empty() && !request.timesteps.empty() &&
        request.sigmas.size() != request.timesteps.size()) {
        throw Error(ErrorKind::user, "There are not as many sigmas as timesteps.");
    }
    switch (config.kind) {
    case Kind::flow_euler:
        return std::make_unique<FlowMatchEuler>(config, request, std::move(noise));
    case Kind::unipc:
        break;
    case Kind::ddim:
        return std::make_unique<Ddim>(config, request.steps);
    case Kind::euler:
        return std::make_unique<EulerDiscrete>(config, request);
    case Kind::lcm:
        return std::make_unique<Lcm>(config, request, std::move(noise));
    case Kind::pndm:
        return std::make_unique<Pndm>(config, request.steps);
    case Kind::euler_ancestral:
        return std::make_unique<EulerAncestral>(config, request, std::move(noise));
    }
    return std::make_unique<UniPc>(config, request);
}

std::unique_ptr<Scheduler> make_scheduler(const SchedulerConfig& config, int steps, at::Generator noise) {
    StepRequest request;
    request.steps = steps;
    return make_scheduler(config, request, std::move(noise));
}

void Scheduler::go_on(std::size_t steps, std::vector<at::Tensor> memory) {
    if (steps > timesteps_.size() || !memory.empty()) {
        throw Error(ErrorKind::user, "The checkpoint is of another solver.");
    }
    index_ = steps;
}

} // namespace rushes
