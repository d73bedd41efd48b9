// The recipe snapped to the model's lattice and split into passes: what will be computed, known before
// anything is loaded.
#pragma once

#include "generation/recipe.h"
#include "models/model_info.h"
#include "models/pass.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rushes {

/// Cost of one pass in GFLOP, by phase: the weights of the progress bar and what SpeedBook learns from.
struct PassWork {
    double denoise = 0; ///< with what encoding pictures takes
    double decode = 0;
    double encode = 0; ///< of `denoise`

    double total() const { return denoise + decode; }
};

struct Plan {
    Recipe recipe; ///< complete: no default left open, every number on the lattice
    ModelInfo model;
    std::vector<Pass> passes;         ///< in order; the last is the final
    std::vector<PassWork> pass_work;  ///< one for each pass
    std::vector<RunCost> costs;       ///< one for each pass, by phase
    std::vector<std::string> changes; ///< why a number was changed, one sentence each
    bool text_on_cpu = false;         ///< the text encoder computes there: a card has no room for it
    DenoiserPlace denoiser = DenoiserPlace::resident; ///< a card may have no room for all of it
    std::uint64_t peak_memory_bytes = 0; ///< foretold, of the device: the largest phase and what stays
    double work = 0; ///< sum of pass_work (GFLOP); SpeedBook turns it into seconds on this machine

    /// Another model's draft, which comes before the passes; null: there is none. The peak above is of both.
    std::shared_ptr<const Plan> draft;
    bool draft_stays = false; ///< there is room for both models: neither goes for the other
    bool is_draft = false;    ///< of another plan: all that it gives is for a first look

    /// What the passes before the last give is for a first look.
    bool is_final(std::size_t pass) const { return !is_draft && pass + 1 == passes.size(); }

    /// What is seen of the clip first; null: the clip itself.
    const Pass* first_look() const {
        return draft ? &draft->passes.front() : passes.size() > 1 ? &passes.front() : nullptr;
    }
};

/// `options` as a plan wants a model loaded.
LoadOptions load_options_of(const Plan& plan, LoadOptions options);

/// Completes and snaps a recipe, for a model that is loaded with `options` (the recipe says the type). The
/// same recipe, models and options give the same plan: who sends one elsewhere sends the recipe. Throws
/// Error{user} for what cannot be mended (empty model, prompt too long, a duration of nothing or beyond the
/// model's limit, a size off the lattice by more than snapping can mend). `drafter`: Recipe::draft_model, as
/// drafter_of() (generation/drafting.h) finds it; null where it is not there: the plan says so.
Plan make_plan(
    const Recipe& recipe, const ModelInfo& model, LoadOptions options = {}, const ModelInfo* drafter = nullptr
);

/// The model's default clip, to foretell what it takes: each input that it needs is there by name only.
Recipe default_recipe(const ModelInfo& model);

} // namespace rushes
