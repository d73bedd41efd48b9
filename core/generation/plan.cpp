#include "generation/plan.h"

#include "base/error.h"
#include "base/utf8.h"
#include "generation/snapping.h"
#include "generation/words.h"
#include "models/run_inputs.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <vector>

namespace rushes {
namespace {

constexpr double giga = 1e9;
constexpr int draft_step_divisor = 5;
constexpr int fewest_draft_steps = 4;
constexpr double draft_worth = 4; ///< a draft must cost at most a quarter of the final pass

[[noreturn]] void
refuse(const std::string& sentence, const std::string& hint = {}, Lever lever = Lever::none) {
    throw Error(ErrorKind::user, sentence, hint, lever);
}

void check_prompt(const std::string& prompt, const char* what) {
    if (!is_utf8(prompt) || prompt.find('\0') != std::string::npos) {
        refuse(std::string(what) + " is not valid UTF-8 text.");
    }
    if (const std::size_t length = utf8_length(prompt); length > max_prompt_characters) {
        refuse(
            std::string(what) + " is " + too_long(length, max_prompt_characters) + ".",
            "At most " + std::to_string(max_prompt_characters) + " are taken."
        );
    }
}

bool accepts(const ModelInfo& model, const std::string& role) {
    return std::ranges::find(model.inputs, role, &AcceptedInput::role) != model.inputs.end();
}

std::vector<std::string> roles_of(const ModelInfo& model) {
    std::vector<std::string> roles;
    std::ranges::transform(model.inputs, std::back_inserter(roles), &AcceptedInput::role);
    return roles;
}

/// Each has a frame of its own, behind the first and before the last.
void check_keyframes(const Recipe& recipe) {
    std::set<int> taken;
    for (const RecipeInput& input : recipe.inputs) {
        if (input.role != role_keyframe) {
            continue;
        }
        if (input.frame < 1 || input.frame > recipe.frames - 2) {
            refuse(
                "A picture stands at frame " + std::to_string(input.frame + 1) +
                    ", but those within a clip of " + std::to_string(recipe.frames) + " are 2 to " +
                    std::to_string(recipe.frames - 1) + ".",
                "Move it, make the clip longer, or give it as the first or the last picture."
            );
        }
        if (!taken.insert(input.frame).second) {
            refuse(
                "Two pictures stand at frame " + std::to_string(input.frame + 1) + ".", "Move one of them."
            );
        }
    }
}

void check_inputs(const Recipe& recipe, const ModelInfo& model) {
    for (const RecipeInput& input : recipe.inputs) {
        if (!accepts(model, input.role)) {
            refuse(
                "'" + model.id + "' cannot start from an input of the kind '" + input.role + "'" +
                (model.inputs.empty() ? ": it makes clips from text alone."
                                      : ". It takes: " + listed(roles_of(model)) + ".")
            );
        }
        if (input.role != role_keyframe &&
            std::ranges::count(recipe.inputs, input.role, &RecipeInput::role) > 1) {
            refuse("The recipe has more than one input of the kind '" + input.role + "'.");
        }
    }
    check_keyframes(recipe);
    const auto given = [&](const std::string& role) {
        return std::ranges::find(recipe.inputs, role, &RecipeInput::role) != recipe.inputs.end();
    };
    for (const AcceptedInput& input : model.inputs) {
        const auto stands_in = [&](const AcceptedInput& other) {
            return other.instead_of == input.role && given(other.role);
        };
        const bool replaced = std::ranges::any_of(model.inputs, stands_in);
        if (input.required && !replaced && !given(input.role)) {
            refuse("'" + model.id + "' needs an input of the kind '" + input.role + "' to start from.");
        }
        if (replaced && given(input.role)) {
            refuse(
                "The clip would begin with two things: an input of the kind '" + input.role +
                    "' and what stands for one.",
                "Leave out one of them."
            );
        }
    }
}

void check_loras(const Recipe& recipe, const ModelInfo& model) {
    if (!recipe.loras.empty() && !model.takes_loras) {
        refuse("'" + model.id + "' takes no LoRA.", "Remove the LoRAs, or choose another model.");
    }
    for (const RecipeLora& lora : recipe.loras) {
        if (!(std::abs(lora.strength) <= max_lora_strength)) {
            refuse(
                "A LoRA strength of " + text(lora.strength) + " is out of range (" +
                text(-max_lora_strength) + " to " + text(max_lora_strength) + ")."
            );
        }
    }
}

void check_prompt_changes(const Recipe& recipe, const ModelInfo& model) {
    if (!recipe.prompt_changes.empty() && !model.causal) {
        refuse(
            "'" + model.id + "' makes a clip in one piece: its prompt cannot change on the way.",
            "Leave out the changes, or choose a model that works block by block."
        );
    }
    if (recipe.prompt_changes.size() > max_prompt_changes) {
        refuse("A clip takes at most " + std::to_string(max_prompt_changes) + " changes of its prompt.");
    }
    for (const PromptChange& change : recipe.prompt_changes) {
        check_prompt(change.prompt, "A prompt that takes over");
        if (change.frame < 1) {
            refuse("A prompt can take over after the first frame only.");
        }
    }
}

void check_step_changes(const Recipe& recipe, const ModelInfo& model) {
    if (recipe.step_changes.empty()) {
        return;
    }
    if (model.causal || model.refinement) {
        refuse(
            "'" + model.id + "' does not make its clip in one piece: nothing can change at a step.",
            model.causal ? "Let the prompt change at a time of the clip." : ""
        );
    }
    if (recipe.step_changes.size() > max_prompt_changes) {
        refuse("A clip takes at most " + std::to_string(max_prompt_changes) + " changes at its steps.");
    }
    for (const StepChange& change : recipe.step_changes) {
        check_prompt(change.prompt, "A prompt that takes over");
        const bool guided = change.guidance_scale > 1;
        if (change.guidance_scale >= 0 && guided != (recipe.guidance_scale > 1)) {
            refuse(
                "Guidance cannot be switched on or off at a step.",
                guided ? "Begin with a guidance above 1." : "Keep it above 1."
            );
        }
    }
}

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

/// Small, short and rough.
Pass draft_pass(const Pass& final, const ModelInfo& model) {
    const double scale = std::min(0.5, double(model.draft.long_side) / std::max(final.width, final.height));
    const auto scaled = [&](int side) {
        return nearest_multiple(static_cast<int>(std::lround(side * scale)), model.lattice.size_multiple);
    };
    Pass draft = final;
    draft.kind = PassKind::draft;
    draft.fast_decode = true; // thrown away: nobody looks at it for long
    draft.width = scaled(final.width);
    draft.height = scaled(final.height);
    draft.frames = std::min(final.frames, model.lattice.frames(model.draft.latent_frames));
    if (model.draft.steps > 0) {
        draft.steps = model.draft.steps;
    } else if (!model.fixed_steps) {
        draft.steps = std::min(final.steps, std::max(fewest_draft_steps, final.steps / draft_step_divisor));
    }
    return draft;
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
    DenoiserPlace denoiser;
    bool text_on_cpu;
    bool sparing_decode;
};

/// What costs no time first, then what costs some for each prompt, at last what does so in each step.
std::vector<Saving> savings() {
    std::vector<Saving> all;
    for (const auto denoiser : {DenoiserPlace::resident, DenoiserPlace::swapped, DenoiserPlace::streamed}) {
        for (const bool text_on_cpu : {false, true}) {
            for (const bool sparing_decode : {false, true}) {
                all.push_back({denoiser, text_on_cpu, sparing_decode});
            }
        }
    }
    return all;
}

void apply(const Saving& saving, Plan& plan, const LoadOptions& options) {
    plan.denoiser = saving.denoiser;
    plan.text_on_cpu = saving.text_on_cpu;
    for (Pass& pass : plan.passes) {
        pass.sparing_decode = saving.sparing_decode;
    }
    price(plan, load_options_of(plan, options));
}

/// The quickest way that fits into what a card has, or else the one that takes the least.
void fit_to_card(Plan& plan, const LoadOptions& options) {
    price(plan, options);
    if (options.memory == 0 || plan.peak_memory_bytes <= options.memory || !plan.model.fits_small_cards) {
        return;
    }
    Saving best{DenoiserPlace::resident, false, false};
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

Plan make_plan(const Recipe& recipe, const ModelInfo& model, LoadOptions options) {
    if (model.id.empty() || model.lattice.frame_stride < 1 || model.lattice.size_multiple < 1) {
        refuse("No model was chosen.");
    }
    check_prompt(recipe.prompt, "The prompt");
    check_prompt(recipe.negative_prompt, "The negative prompt");
    Snapped snapped = snap(recipe, model);
    snapped.recipe.dtype = settled_dtype(snapped.recipe.dtype, options.device);
    check_inputs(snapped.recipe, model);
    check_loras(snapped.recipe, model);
    check_prompt_changes(snapped.recipe, model);
    check_step_changes(snapped.recipe, model);

    Plan plan;
    plan.recipe = std::move(snapped.recipe);
    plan.model = model;
    plan.changes = std::move(snapped.changes);
    options.dtype = plan.recipe.dtype;
    const Pass final = final_pass(plan.recipe);
    const Pass draft = draft_pass(final, model);
    const auto work = [&](const Pass& pass) { return work_of(cost_of(pass, model, options)).total(); };
    // Causal models show their first real frames after the first block: a draft would only delay them. So
    // would one of a clip that is as small, or nearly as quick. Of two passes the first one is the first
    // look.
    const bool small = std::max(final.width, final.height) <= model.draft.long_side;
    const bool worth =
        !model.causal && !model.refinement && !small && work(draft) * draft_worth <= work(final);
    if (plan.recipe.draft && worth) {
        plan.passes.push_back(draft);
    }
    std::ranges::copy(clip_passes(final, model, plan.recipe.draft), std::back_inserter(plan.passes));
    fit_to_card(plan, options);
    return plan;
}

} // namespace rushes
