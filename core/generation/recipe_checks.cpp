#include "generation/recipe_checks.h"

#include "base/error.h"
#include "base/utf8.h"
#include "generation/words.h"
#include "models/run_inputs.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace rushes {
namespace {

[[noreturn]] void refuse(const std::string& sentence, const std::string& hint = {}) {
    throw Error(ErrorKind::user, sentence, hint);
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

} // namespace

void check_prompts(const Recipe& recipe) {
    check_prompt(recipe.prompt, "The prompt");
    check_prompt(recipe.negative_prompt, "The negative prompt");
}

void check_values(const Recipe& recipe, const ModelInfo& model) {
    check_inputs(recipe, model);
    check_loras(recipe, model);
    check_prompt_changes(recipe, model);
    check_step_changes(recipe, model);
}

} // namespace rushes
