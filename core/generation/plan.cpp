#include "generation/plan.h"

#include "base/error.h"
#include "generation/drafting.h"
#include "generation/recipe_checks.h"
#include "generation/snapping.h"

#include <algorithm>
#include <iterator>

namespace rushes {
namespace {

constexpr double giga = 1e9;
constexpr double draft_worth = 4; ///< a draft must cost at most a quarter of the final pass
/// Of the memory, that two models may fill together: the rest is for what is not foretold.
constexpr double room_for_two = 0.75;

Pass final_pass(const Recipe& recipe) {
    return {
        .start = recipe.inputs.empty() ? PassStart::noise : PassStart::inputs,
        .width = recipe.width,
        .height = recipe.height,
        .frames = recipe.frames,
        .frame_rate = recipe.frame_rate,
        .steps = recipe.steps,
        .guidance_scale = recipe.guidance_scale,
        .seed = recipe.seed,
        .scheduler = recipe.scheduler,
        .fast_decode = recipe.fast_decode,
        .motion_scale = recipe.motion_scale,
    };
}

/// What makes the clip itself: one pass, or a small one and its refinement, where the family asks for it.
std::vector<Pass> clip_passes(const Pass& final, const ModelInfo& model, bool draft) {
    if (!model.refinement || (model.refinement->optional && !draft)) {
        return {final};
    }
    Pass base = final;
    base.width = final.width / model.refinement->scale;
    base.height = final.height / model.refinement->scale;
    Pass refine = final;
    refine.kind = PassKind::refine;
    refine.start = PassStart::previous;
    refine.steps = model.refinement->steps;
    return {base, refine};
}

/// What a model that says nothing is taken for: its weights.
RunCost cost_of(const Pass& pass, const ModelInfo& model, const LoadOptions& options) {
    if (model.cost) {
        return model.cost(pass, options);
    }
    return {.resident = {{"model", double(model.weight_bytes)}}};
}

PassWork work_of(const RunCost& cost) {
    return {
        .denoise = (cost.encode.flop + cost.denoise.flop) / giga,
        .decode = cost.decode.flop / giga,
        .encode = cost.encode.flop / giga
    };
}

/// Causal models show their first real frames after the first block: a draft would only delay them. So would
/// one of a clip that is as small, or nearly as quick. Of two passes the first one is the first look.
bool is_worth_a_draft(const Pass& final, const ModelInfo& model, const LoadOptions& options) {
    const auto work = [&](const Pass& pass) { return work_of(cost_of(pass, model, options)).total(); };
    const bool small = std::max(final.width, final.height) <= model.draft.long_side;
    return !model.causal && !model.refinement && !small &&
           work(draft_pass(final, model)) * draft_worth <= work(final);
}

/// What the libraries take before any model is loaded: measured resident size of the engine on the CPU, the
/// context and the libraries' own memory on a graphics card.
double runtime_bytes(const LoadOptions& options) {
    return options.device == "cpu" ? 235e6 : 600e6;
}

/// Of a whole run. On the CPU the working memory of oneDNN comes on top of the tensors, and the C library
/// keeps some of what was freed in pieces below 32 MB: measured on models of four sizes (docs/testing.md).
double peak_bytes(const RunCost& cost, const LoadOptions& options) {
    const double resident = cost.resident_bytes();
    const double phase = cost.peak_bytes() - resident;
    const double kept = options.device == "cpu" ? 0.2 * phase + std::min(130e6, phase / 2) : 0;
    return runtime_bytes(options) + resident + phase + kept;
}

/// Work and memory of a plan's passes.
void price(Plan& plan, const LoadOptions& options) {
    plan.costs.clear();
    plan.pass_work.clear();
    plan.work = 0;
    double peak = 0;
    for (const Pass& pass : plan.passes) {
        plan.costs.push_back(cost_of(pass, plan.model, options));
        plan.pass_work.push_back(work_of(plan.costs.back()));
        plan.work += plan.pass_work.back().total();
        peak = std::max(peak, peak_bytes(plan.costs.back(), options));
    }
    plan.peak_memory_bytes = static_cast<std::uint64_t>(peak);
}

/// A plan in less of a card's memory.
struct Saving {
    DenoiserPlace denoiser = DenoiserPlace::resident;
    bool text_on_cpu = false;
    DecodeWay decode = DecodeWay::whole;
};

/// What costs no time first, then what costs some for each prompt, then what does so in each step. All those
/// give the same pictures; tiles, which do not, only where none of them will do.
std::vector<Saving> savings() {
    std::vector<Saving> all;
    const auto add = [&](std::initializer_list<DecodeWay> ways) {
        for (const auto place : {DenoiserPlace::resident, DenoiserPlace::swapped, DenoiserPlace::streamed}) {
            for (const bool text_on_cpu : {false, true}) {
                for (const DecodeWay way : ways) {
                    all.push_back({place, text_on_cpu, way});
                }
            }
        }
    };
    add({DecodeWay::whole, DecodeWay::frames});
    add({DecodeWay::tiles});
    return all;
}

void apply(const Saving& saving, Plan& plan, const LoadOptions& options) {
    plan.denoiser = saving.denoiser;
    plan.text_on_cpu = saving.text_on_cpu;
    for (Pass& pass : plan.passes) {
        pass.decode = saving.decode;
    }
    price(plan, load_options_of(plan, options));
}

/// The quickest way that fits into what a card has, or else the one that takes the least.
void fit_to_card(Plan& plan, const LoadOptions& options) {
    price(plan, options);
    const bool fits = options.memory == 0 || plan.peak_memory_bytes <= options.memory;
    if (options.device == "cpu" || fits || !plan.model.fits_small_cards) {
        return;
    }
    Saving best;
    std::uint64_t least = plan.peak_memory_bytes;
    for (const Saving& saving : savings()) {
        apply(saving, plan, options);
        if (plan.peak_memory_bytes < least) {
            least = plan.peak_memory_bytes;
            best = saving;
        }
        if (least <= options.memory) {
            break;
        }
    }
    apply(best, plan, options);
}

double resident_bytes(const Plan& plan) {
    double most = 0;
    for (const RunCost& cost : plan.costs) {
        most = std::max(most, cost.resident_bytes());
    }
    return most;
}

/// Of two passes the first one is the first look.
Plan draft_plan(const Recipe& clip, const ModelInfo& drafter, const LoadOptions& options) {
    Plan draft = make_plan(draft_recipe(clip, drafter), drafter, options);
    draft.is_draft = true;
    draft.passes.resize(1);
    draft.passes.front().kind = PassKind::draft;
    fit_to_card(draft, options);
    return draft;
}

/// Both models one after the other, or both at once where there is room.
void let_draft(Plan& plan, const ModelInfo& drafter, const LoadOptions& options) {
    if (const std::string why_not = why_no_draft(drafter, plan.model, plan.recipe); !why_not.empty()) {
        throw Error(ErrorKind::user, why_not, "Choose another model for the draft, or none.");
    }
    Plan draft = draft_plan(plan.recipe, drafter, options);
    if (draft.work * draft_worth > plan.work) {
        plan.changes.push_back(
            "There is no draft: '" + drafter.id + "' would take too long for a first look."
        );
        return;
    }
    if (!plan.recipe.loras.empty()) {
        plan.changes.push_back(
            "'" + drafter.id + "' makes the draft without the LoRAs, which are not its own."
        );
    }
    const auto peak = [](const Plan& one, const Plan& other) {
        return static_cast<double>(one.peak_memory_bytes) + resident_bytes(other);
    };
    const double together = std::max(peak(draft, plan), peak(plan, draft));
    plan.draft_stays = together <= room_for_two * static_cast<double>(options.memory);
    plan.peak_memory_bytes = plan.draft_stays ? static_cast<std::uint64_t>(together)
                                              : std::max(draft.peak_memory_bytes, plan.peak_memory_bytes);
    plan.draft = std::make_shared<const Plan>(std::move(draft));
}

} // namespace

LoadOptions load_options_of(const Plan& plan, LoadOptions options) {
    options.denoiser = plan.denoiser;
    if (plan.text_on_cpu) {
        options.component_devices["text_encoder"] = "cpu";
    }
    return options;
}

Recipe default_recipe(const ModelInfo& model) {
    Recipe recipe;
    for (const AcceptedInput& input : model.inputs) {
        if (input.required) {
            recipe.inputs.push_back({.role = input.role, .hash = {}, .path = {}});
        }
    }
    return recipe;
}

Plan make_plan(const Recipe& recipe, const ModelInfo& model, LoadOptions options, const ModelInfo* drafter) {
    if (model.id.empty() || model.lattice.frame_stride < 1 || model.lattice.size_multiple < 1) {
        throw Error(ErrorKind::user, "No model was chosen.");
    }
    check_prompts(recipe);
    Snapped snapped = snap(recipe, model);
    snapped.recipe.dtype = settled_dtype(snapped.recipe.dtype, options.device);
    check_values(snapped.recipe, model);

    Plan plan;
    plan.recipe = std::move(snapped.recipe);
    if (plan.recipe.draft_model == model.id) {
        plan.recipe.draft_model.clear();
        drafter = nullptr;
    }
    plan.model = model;
    plan.changes = std::move(snapped.changes);
    options = with_numbers(options, plan.recipe.dtype);
    const Pass final = final_pass(plan.recipe);
    if (plan.recipe.draft && drafter == nullptr && is_worth_a_draft(final, model, options)) {
        plan.passes.push_back(draft_pass(final, model));
    }
    std::ranges::copy(clip_passes(final, model, plan.recipe.draft), std::back_inserter(plan.passes));
    fit_to_card(plan, options);
    if (plan.recipe.draft && drafter != nullptr) {
        let_draft(plan, *drafter, options);
    } else if (plan.recipe.draft && !plan.recipe.draft_model.empty()) {
        plan.changes.push_back(
            "'" + plan.recipe.draft_model + "', which should make the draft, is not installed."
        );
    }
    return plan;
}

} // namespace rushes
