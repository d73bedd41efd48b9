// From the flags of `rushes generate` to a plan and a job.
#pragma once

#include "command_line.h"
#include "jobs/job.h"

namespace rushes {

/// The recipe file (when there is one) with the flags on top. Throws as read_any_recipe() does.
Recipe recipe_of(const GenerateCommand& command);

/// By the flag, else by the recipe, else the built-in one. Throws Error{user} when there is no such model.
ModelInfo model_of(const GenerateCommand& command, const Recipe& recipe);

/// make_plan() with the duration turned into frames; what fits the model decides.
Plan plan_of(
    const GenerateCommand& command, Recipe recipe, const ModelInfo& model, const LoadOptions& options = {}
);

/// Where the clip goes and how it is written.
JobRequest job_of(const GenerateCommand& command, Plan plan);

} // namespace rushes
