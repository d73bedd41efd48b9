#include "generation/plan.h"

#include "base/error.h"
#include "base/utf8.h"

#include <algorithm>
#include <cmath>
#include <ranges>

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

std::string text(PictureSize size) {
    return std::to_string(size.width) + "x" + std::to_string(size.height);
}

std::string text(double number) {
    std::string digits = std::to_string(number);
    digits.erase(digits.find_last_not_of('0') + 1);
    return digits.back() == '.' ? digits.substr(0, digits.size() - 1) : digits;
}

template <typename Texts>
std::string listed(const Texts& texts) {
    std::string list;
    for (const auto& item : texts) {
        list += (list.empty() ? "" : ", ") + std::string(item);
    }
    return list;
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

/// Completes and snaps the recipe number by number; what it changes goes to `changes`.
class Snapping {
public:
    Snapping(Recipe recipe, const ModelInfo& model) : recipe_(std::move(recipe)), model_(model) {}

    void run() {
        check_prompt(recipe_.prompt, "The prompt");
        check_prompt(recipe_.negative_prompt, "The negative prompt");
        snap_model();
        snap_size();
        snap_frames();
        snap_frame_rate();
        snap_steps();
        snap_guidance();
        snap_scheduler();
        check_inputs();
        check_loras();
    }

    const Recipe& recipe() const { return recipe_; }

    std::vector<std::string> take_changes() { return std::move(changes_); }

private:
    void change(std::string sentence) { changes_.push_back(std::move(sentence)); }

    void snap_model() {
        if (!recipe_.model_hash.empty() && !model_.hash.empty() && recipe_.model_hash != model_.hash) {
            change(
                "The recipe was made with other weights than this '" + model_.id + "': the clip will differ."
            );
        }
        recipe_.model = model_.id;
        recipe_.model_hash = model_.hash;
        if (recipe_.dtype != "fp32" && recipe_.dtype != "bf16") {
            refuse("Unknown number format '" + recipe_.dtype + "': use auto, fp32 or bf16.");
        }
    }

    void snap_size() {
        if (model_.lattice.sizes.empty()) {
            refuse("The model '" + model_.id + "' says no picture size that it was trained for.");
        }
        for (const int side : {recipe_.width, recipe_.height}) {
            if (side < 0 || side > max_picture_side) {
                refuse(
                    "A picture side of " + std::to_string(side) + " pixels is out of range (1 to " +
                        std::to_string(max_picture_side) + ").",
                    "Choose a smaller size.",
                    Lever::smaller_clip
                );
            }
        }
        const PictureSize wanted{recipe_.width, recipe_.height};
        const PictureSize size = model_.lattice.nearest_size(wanted);
        if ((wanted.width != 0 && wanted.width != size.width) ||
            (wanted.height != 0 && wanted.height != size.height)) {
            change(
                "Size " + text(model_.lattice.completed(wanted)) + " became " + text(size) + ": '" +
                model_.id + "' " +
                (model_.lattice.free_size
                     ? "needs multiples of " + std::to_string(model_.lattice.size_multiple)
                     : "was trained for " + listed_sizes()) +
                " (the export may have another size)."
            );
        }
        recipe_.width = size.width;
        recipe_.height = size.height;
    }

    std::string listed_sizes() const {
        std::vector<std::string> sizes;
        std::ranges::transform(model_.lattice.sizes, std::back_inserter(sizes), [](PictureSize size) {
            return text(size);
        });
        return listed(sizes);
    }

    void snap_frames() {
        const int wanted = recipe_.frames == 0 ? model_.default_frames : recipe_.frames;
        const int limit = model_.lattice.max_frames > 0 ? model_.lattice.max_frames : max_clip_frames;
        if (wanted < 1) {
            refuse("A clip of " + std::to_string(wanted) + " frames cannot be made: ask for at least 1.");
        }
        if (wanted > limit) {
            refuse(
                "A clip of " + std::to_string(wanted) + " frames is longer than '" + model_.id +
                    "' can make (" + std::to_string(limit) + " frames, " +
                    text(std::round(limit / model_.frame_rate.fps() * 10) / 10) + " s).",
                "Ask for at most " + std::to_string(limit) + " frames.",
                Lever::smaller_clip
            );
        }
        const int frames = model_.lattice.nearest_frames(wanted);
        if (frames != wanted) {
            change(
                std::to_string(wanted) + " frames became " + std::to_string(frames) + ": '" + model_.id +
                "' makes " + std::to_string(model_.lattice.frame_stride) + "k+1 frames."
            );
        }
        recipe_.frames = frames;
    }

    void snap_frame_rate() {
        if (recipe_.frame_rate.num == 0) {
            recipe_.frame_rate = model_.frame_rate;
        }
        const double fps = recipe_.frame_rate.den > 0 ? recipe_.frame_rate.fps() : -1;
        if (!(fps >= 1 && fps <= 120)) {
            refuse("A frame rate of " + text(fps) + " frames a second is out of range (1 to 120).");
        }
    }

    void snap_steps() {
        if (recipe_.steps < 0 || recipe_.steps > max_steps) {
            refuse(
                std::to_string(recipe_.steps) + " steps are out of range (1 to " + std::to_string(max_steps) +
                ")."
            );
        }
        if (recipe_.steps == 0) {
            recipe_.steps = model_.default_steps;
        } else if (model_.fixed_steps && recipe_.steps != model_.default_steps) {
            change(
                std::to_string(recipe_.steps) + " steps became " + std::to_string(model_.default_steps) +
                ": '" + model_.id + "' was distilled to exactly that many."
            );
            recipe_.steps = model_.default_steps;
        }
    }

    void snap_guidance() {
        double& guidance = recipe_.guidance_scale;
        if (!(guidance <= max_guidance_scale)) {
            refuse(
                "A guidance of " + text(guidance) + " is out of range (1 to " + text(max_guidance_scale) +
                ")."
            );
        }
        if (guidance < 0) {
            guidance = model_.default_guidance;
        }
        if (!model_.guidance_adjustable && guidance != model_.default_guidance) {
            change(
                "Guidance " + text(guidance) + " became " + text(model_.default_guidance) +
                ": it is built into '" + model_.id + "'."
            );
            guidance = model_.default_guidance;
        }
        guidance = std::max(guidance, 1.0);
        if (guidance <= 1 && !recipe_.negative_prompt.empty()) {
            change("The negative prompt has no effect: without guidance the model does not read it.");
        }
    }

    void snap_scheduler() {
        const auto& known = model_.schedulers;
        if (recipe_.scheduler.empty()) {
            recipe_.scheduler = known.empty() ? std::string() : known.front();
        } else if (std::ranges::find(known, recipe_.scheduler) == known.end()) {
            refuse(
                "'" + model_.id + "' has no scheduler '" + recipe_.scheduler + "'.",
                "Use one of: " + listed(known) + "."
            );
        }
    }

    void check_inputs() const {
        for (const RecipeInput& input : recipe_.inputs) {
            if (!accepts(input.role)) {
                refuse(
                    "'" + model_.id + "' cannot start from an input of the kind '" + input.role + "'" +
                    (model_.inputs.empty() ? ": it makes clips from text alone."
                                           : ". It takes: " + listed(roles()) + ".")
                );
            }
            if (std::ranges::count(recipe_.inputs, input.role, &RecipeInput::role) > 1) {
                refuse("The recipe has more than one input of the kind '" + input.role + "'.");
            }
        }
        for (const AcceptedInput& input : model_.inputs) {
            if (input.required && !std::ranges::count(recipe_.inputs, input.role, &RecipeInput::role)) {
                refuse("'" + model_.id + "' needs an input of the kind '" + input.role + "' to start from.");
            }
        }
    }

    bool accepts(const std::string& role) const {
        return std::ranges::find(model_.inputs, role, &AcceptedInput::role) != model_.inputs.end();
    }

    std::vector<std::string> roles() const {
        std::vector<std::string> roles;
        std::ranges::transform(model_.inputs, std::back_inserter(roles), &AcceptedInput::role);
        return roles;
    }

    void check_loras() const {
        if (!recipe_.loras.empty() && !model_.takes_loras) {
            refuse("'" + model_.id + "' takes no LoRA.", "Remove the LoRAs, or choose another model.");
        }
        for (const RecipeLora& lora : recipe_.loras) {
            if (!(std::abs(lora.strength) <= max_lora_strength)) {
                refuse(
                    "A LoRA strength of " + text(lora.strength) + " is out of range (" +
                    text(-max_lora_strength) + " to " + text(max_lora_strength) + ")."
                );
            }
        }
    }

    Recipe recipe_;
    const ModelInfo& model_;
    std::vector<std::string> changes_;
};

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

/// What a model that says nothing is taken for: its weights.
RunCost cost_of(const Pass& pass, const ModelInfo& model, const LoadOptions& options) {
    if (model.cost) {
        return model.cost(pass, options);
    }
    return {.resident = {{"model", double(model.weight_bytes)}}};
}

PassWork work_of(const RunCost& cost) {
    return {.denoise = cost.denoise.flop / giga, .decode = cost.decode.flop / giga};
}

/// What the libraries take before any model is loaded: measured resident size of the engine on the CPU, the
/// context and the libraries' own memory on a graphics card.
double runtime_bytes(const LoadOptions& options) {
    return options.device == "cpu" ? 300e6 : 600e6;
}

} // namespace

Plan make_plan(const Recipe& recipe, const ModelInfo& model, LoadOptions options) {
    if (model.id.empty() || model.lattice.frame_stride < 1 || model.lattice.size_multiple < 1) {
        refuse("No model was chosen.");
    }
    Recipe settled = recipe;
    settled.dtype = settled_dtype(recipe.dtype, options.device);
    Snapping snapping(std::move(settled), model);
    snapping.run();

    Plan plan;
    plan.recipe = snapping.recipe();
    plan.model = model;
    plan.changes = snapping.take_changes();
    options.dtype = plan.recipe.dtype;
    const Pass final = final_pass(plan.recipe);
    const Pass draft = draft_pass(final, model);
    const auto work = [&](const Pass& pass) { return work_of(cost_of(pass, model, options)).total(); };
    // Causal models show their first real frames after the first block: a draft would only delay them. So
    // would one of a clip that is as small, or nearly as quick.
    const bool small = std::max(final.width, final.height) <= model.draft.long_side;
    const bool worth = !model.causal && !small && work(draft) * draft_worth <= work(final);
    if (plan.recipe.draft && worth) {
        plan.passes.push_back(draft);
    }
    plan.passes.push_back(final);
    for (const Pass& pass : plan.passes) {
        plan.costs.push_back(cost_of(pass, model, options));
        plan.pass_work.push_back(work_of(plan.costs.back()));
        plan.work += plan.pass_work.back().total();
    }
    plan.peak_memory_bytes = static_cast<std::uint64_t>(
        runtime_bytes(options) + std::ranges::max(plan.costs | std::views::transform(&RunCost::peak_bytes))
    );
    return plan;
}

} // namespace rushes
