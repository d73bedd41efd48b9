// From the flags of `rushes generate` to a plan and a job.
#pragma once

#include "command_line.h"
#include "jobs/job.h"

namespace rushes {

/// The recipe file (when there is one) with the flags on top. Throws as read_any_recipe() does.
Recipe recipe_of(const GenerateCommand& command);

/// By the flag, else by the recipe, else the built-in one. Throws Error{user} when there is no such model.
ModelInfo model_of(const GenerateCommand& command, const Recipe& recipe);

/// Another one for the draft, by the flag (name or directory), else by the recipe; the recipe has its name
/// then. None: no other is wanted, or the recipe's is not here, which the plan says. Throws Error{user} when
/// there is no such model as the flag names.
std::optional<ModelInfo> drafter_of(const GenerateCommand& command, Recipe& recipe);

/// make_plan() with the duration turned into frames; what fits the model decides.
Plan plan_of(
    const GenerateCommand& command,
    Recipe recipe,
    const ModelInfo& model,
    const LoadOptions& options = {},
    const std::optional<ModelInfo>& drafter = {}
);

/// Where the clip goes and how it is written.
JobRequest job_of(const GenerateCommand& command, Plan plan);

} // namespace rushes
