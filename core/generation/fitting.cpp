#include "generation/fitting.h"

#include "base/error.h"

#include <array>
#include <cmath>

namespace rushes {
namespace {

double volume(const Recipe& recipe) {
    return double(recipe.width) * recipe.height * recipe.frames;
}

/// Empty where the model refuses such a clip, or brings it to a larger one.
std::optional<Plan> plan_for(const Recipe& recipe, const Plan& like, const LoadOptions& options) {
    try {
        Plan plan = make_plan(recipe, like.model, options, like.draft ? &like.draft->model : nullptr);
        return volume(plan.recipe) <= volume(like.recipe) ? std::optional(std::move(plan)) : std::nullopt;
    } catch (const Error&) {
        return std::nullopt;
    }
}

} // namespace

std::optional<Plan> nearest_that_fits(const Plan& plan, const LoadOptions& options, std::uint64_t memory) {
    constexpr std::array sides{1.0, 0.87, 0.75, 0.62, 0.5, 0.37, 0.25};
    constexpr std::array lengths{1.0, 0.75, 0.5, 0.25, 0.0}; // of no length: one latent frame
    std::optional<Plan> best;
    for (const double side : sides) {
        for (const double length : lengths) {
            for (const char* const dtype : {"bf16", "fp8"}) {
                Recipe recipe = plan.recipe;
                recipe.dtype = plan.recipe.dtype == "fp8" ? "fp8" : dtype;
                recipe.width = static_cast<int>(std::lround(plan.recipe.width * side));
                recipe.height = static_cast<int>(std::lround(plan.recipe.height * side));
                recipe.frames = std::max(1, static_cast<int>(std::lround(plan.recipe.frames * length)));
                std::optional<Plan> candidate = plan_for(recipe, plan, options);
                if (candidate && candidate->peak_memory_bytes <= memory &&
                    (!best || volume(candidate->recipe) > volume(best->recipe))) {
                    best = std::move(candidate);
                }
            }
        }
    }
    return best;
}

std::string settings_in_words(const Plan& plan) {
    const Recipe& recipe = plan.recipe;
    return std::to_string(recipe.width) + "x" + std::to_string(recipe.height) + " with " +
           std::to_string(recipe.frames) + (recipe.frames == 1 ? " frame in " : " frames in ") + recipe.dtype;
}

} // namespace rushes
