#include "generation/snapping.h"

#include "base/error.h"
#include "generation/words.h"
#include "models/companions.h"

#include <algorithm>
#include <cmath>

namespace rushes {
namespace {

bool is_number_format(const std::string& dtype) {
    return dtype == "auto" || dtype == "fp32" || dtype == "bf16" || dtype == "fp8";
}

[[noreturn]] void
refuse(const std::string& sentence, const std::string& hint = {}, Lever lever = Lever::none) {
    throw Error(ErrorKind::user, sentence, hint, lever);
}

/// Completes and snaps the recipe number by number; what it changes goes to `changes`.
class Snapping {
public:
    Snapping(Recipe recipe, const ModelInfo& model) : recipe_(std::move(recipe)), model_(model) {}

    void run() {
        snap_model();
        snap_size();
        snap_frames();
        snap_frame_rate();
        snap_scheduler(); // which may have steps and guidance of its own
        snap_steps();
        snap_guidance();
        snap_decoder();
        snap_motion();
        snap_prompt_changes();
        snap_step_changes();
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
        if (!is_number_format(recipe_.dtype)) {
            refuse("Unknown number format '" + recipe_.dtype + "': use auto, fp32, bf16 or fp8.");
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
        int frames = model_.lattice.nearest_frames(wanted);
        if (frames > limit) {
            frames = model_.lattice.frames(model_.lattice.latent_frames(limit));
        }
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
        const StepSchedule* const student = schedule();
        if (recipe_.steps == 0) {
            recipe_.steps = student != nullptr && !model_.fixed_steps ? student->steps : model_.default_steps;
        } else if (student != nullptr && recipe_.steps > student->most) {
            change(
                std::to_string(recipe_.steps) + " steps became " + std::to_string(student->most) +
                ": the schedule '" + student->scheduler + "' has no more."
            );
            recipe_.steps = student->most;
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
            guidance = schedule() != nullptr ? 1.0 : model_.default_guidance;
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

    /// Of the recipe's scheduler, where it has steps and guidance of its own.
    const StepSchedule* schedule() const {
        const auto found = std::ranges::find(model_.few_steps, recipe_.scheduler, &StepSchedule::scheduler);
        return found == model_.few_steps.end() ? nullptr : &*found;
    }

    void snap_decoder() {
        if (recipe_.fast_decode && !model_.parts.contains(tiny_decoder_part)) {
            change("'" + model_.id + "' has no tiny decoder beside it: its own decodes the clip.");
            recipe_.fast_decode = false;
        }
    }

    void snap_motion() {
        double& motion = recipe_.motion_scale;
        if (!(motion >= 0 && motion <= max_motion_scale)) {
            refuse(
                "A motion scale of " + text(motion) + " is out of range (0 to " + text(max_motion_scale) +
                ")."
            );
        }
        if (motion != 1 && !model_.takes_motion_scale) {
            change("'" + model_.id + "' moves as it was trained to: the motion scale became 1.");
            motion = 1;
        }
    }

    /// In the order of time, those that the clip has room for.
    void snap_prompt_changes() {
        std::ranges::stable_sort(recipe_.prompt_changes, {}, &PromptChange::frame);
        std::erase_if(recipe_.prompt_changes, [&](const PromptChange& turn) {
            const bool beyond = turn.frame >= recipe_.frames;
            if (beyond) {
                const double fps = recipe_.frame_rate.fps();
                change(
                    "The prompt does not change after " + text(std::round(turn.frame / fps * 10) / 10) +
                    " s: the clip ends before."
                );
            }
            return beyond;
        });
    }

    /// In their order, those that come before the last step.
    void snap_step_changes() {
        std::ranges::stable_sort(recipe_.step_changes, {}, &StepChange::after_steps);
        std::erase_if(recipe_.step_changes, [&](const StepChange& turn) {
            const bool beyond = turn.after_steps >= recipe_.steps;
            if (beyond) {
                change(
                    "Nothing changes after " + std::to_string(turn.after_steps) + " steps: the clip has " +
                    std::to_string(recipe_.steps) + "."
                );
            }
            return beyond;
        });
    }

    Recipe recipe_;
    const ModelInfo& model_;
    std::vector<std::string> changes_;
};

} // namespace

Snapped snap(const Recipe& recipe, const ModelInfo& model) {
    Snapping snapping(recipe, model);
    snapping.run();
    return {snapping.recipe(), snapping.take_changes()};
}

Recipe mended(Recipe recipe, const ModelInfo& model) {
    if (model.lattice.sizes.empty()) {
        return recipe;
    }
    const int longest = model.lattice.max_frames > 0 ? model.lattice.max_frames : max_clip_frames;
    const double fps = recipe.frame_rate.den > 0 ? recipe.frame_rate.fps() : -1;
    recipe.width = std::clamp(recipe.width, 0, max_picture_side);
    recipe.height = std::clamp(recipe.height, 0, max_picture_side);
    recipe.frames = std::clamp(recipe.frames, 0, longest);
    recipe.steps = std::clamp(recipe.steps, 0, max_steps);
    if (!(fps >= 1 && fps <= 120)) {
        recipe.frame_rate = {0, 1};
    }
    if (!(recipe.guidance_scale <= max_guidance_scale)) {
        recipe.guidance_scale = -1;
    }
    if (!(recipe.motion_scale >= 0 && recipe.motion_scale <= max_motion_scale)) {
        recipe.motion_scale = 1;
    }
    if (std::ranges::find(model.schedulers, recipe.scheduler) == model.schedulers.end()) {
        recipe.scheduler.clear();
    }
    if (!is_number_format(recipe.dtype)) {
        recipe.dtype = Recipe().dtype;
    }
    return snap(recipe, model).recipe;
}

} // namespace rushes
