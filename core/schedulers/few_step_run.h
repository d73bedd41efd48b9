// The solver and the noise levels of a run in a few steps (few_steps.h).
#pragma once

#include "schedulers/scheduler.h"

#include <string>

namespace rushes {

struct FewStepRun {
    SchedulerConfig config;
    StepRequest request;
};

/// `own`: the model's scheduler, a flow solver's; its shift is that of dmd's grid. `from_picture`: rcm begins
/// nearer to pure noise. Throws Error{user} for a name that is none of few_step_kinds(), or more steps than
/// it has.
FewStepRun
few_step_run(const SchedulerConfig& own, const std::string& name, int steps, bool from_picture = false);

} // namespace rushes
