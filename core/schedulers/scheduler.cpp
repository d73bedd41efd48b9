#include "schedulers/scheduler.h"

#include "base/error.h"
#include "schedulers/flow_match_euler.h"
#include "schedulers/unipc.h"

namespace rushes {

std::unique_ptr<Scheduler> make_scheduler(const SchedulerConfig& config, int steps, at::Generator noise) {
    if (steps < 1 || steps > config.num_train_timesteps) {
        throw Error(
            ErrorKind::user,
            "The number of steps is " + std::to_string(steps) + ", which is not between 1 and " +
                std::to_string(config.num_train_timesteps) + "."
        );
    }
    if (config.kind == SchedulerConfig::Kind::flow_euler) {
        return std::make_unique<FlowMatchEuler>(config, steps, std::move(noise));
    }
    return std::make_unique<UniPc>(config, steps);
}

} // namespace rushes
