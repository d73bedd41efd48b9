#include "commands/request.h"

#include "base/paths.h"
#include "commands/read_any_recipe.h"
#include "generation/drafting.h"
#include "generation/saved_presets.h"
#include "jobs/job_checkpoints.h"
#include "jobs/job_queue.h"
#include "jobs/kept_runs.h"
#include "jobs/read_inputs.h"
#include "jobs/unfinished.h"
#include "models/registry.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <random>

namespace rushes {
namespace {

/// A flag's file takes the place of the recipe's.
void set_input(Recipe& recipe, const char* role, const std::filesystem::path& file) {
    if (file.empty()) {
        return;
    }
    std::erase_if(recipe.inputs, [&](const RecipeInput& input) { return input.role == role; });
    recipe.inputs.push_back(recipe_input(role, file));
}

/// "style.safetensors:0.8". A name may hold colons: only a number behind the last one is a strength.
RecipeLora lora_of(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    double strength = 1;
    if (colon != std::string::npos && colon + 1 < text.size()) {
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, strength);
        if (error == std::errc() && stop == end) {
            return recipe_lora(text.substr(0, colon), strength);
        }
    }
    return recipe_lora(text, 1);
}

/// The shape of what the clip begins with, in about the pixels that the model is used to.
void take_shape_of_picture(Recipe& recipe, const ModelInfo& model) {
    const auto begins = [](const RecipeInput& input) {
        return input.role == role_image || input.role == role_clip;
    };
    const auto first = std::ranges::find_if(recipe.inputs, begins);
    if (first == recipe.inputs.end() || model.lattice.sizes.empty()) {
        return;
    }
    const FramePtr picture = input_picture(*first);
    const PictureSize size = model.lattice.size_of_shape(double(picture->width) / picture->height);
    recipe.width = size.width;
    recipe.height = size.height;
}

/// The block that a change falls into is the engine's affair; here it becomes a frame.
std::vector<PromptChange> prompt_changes(const std::vector<std::string>& texts, const FrameRate& rate) {
    std::vector<PromptChange> changes;
    for (const std::string& text : texts) {
        if (const auto at = prompt_at(text)) {
            const long frame = std::max(1L, std::lround(at->first * rate.fps()));
            changes.push_back({static_cast<int>(frame), at->second});
        }
    }
    return changes;
}

std::vector<StepChange> step_changes(const std::vector<std::string>& texts) {
    std::vector<StepChange> changes;
    for (const std::string& text : texts) {
        if (auto change = step_change(text)) {
            changes.push_back(std::move(*change));
        }
    }
    return changes;
}

std::vector<RecipeInput> keyframes(const std::vector<std::string>& texts, const FrameRate& rate) {
    std::vector<RecipeInput> inputs;
    for (const std::string& text : texts) {
        if (const auto at = prompt_at(text)) {
            inputs.push_back(recipe_input(role_keyframe, at->second));
            inputs.back().frame = static_cast<int>(std::lround(at->first * rate.fps()));
        }
    }
    return inputs;
}

/// On top of the recipe, below the flags.
void use_preset(Recipe& recipe, const GenerateCommand& command) {
    if (command.preset.empty()) {
        return;
    }
    if (command.given.has("prompt")) {
        recipe.prompt = command.given.values().prompt;
    }
    const std::vector<SavedPreset> presets = read_presets(presets_dir()).presets;
    recipe = with_preset(recipe, find_preset(presets, command.preset), presets);
}

/// A folder of this run alone, where the next run that goes on finds what a kill left in it.
std::filesystem::path own_checkpoint(const GenerateCommand& command) {
    return command.go_on && command.checkpoint.empty() ? kept_runs() / new_job_id() : command.checkpoint;
}

/// Short enough to be typed again.
std::uint64_t random_seed() {
    return std::random_device()() % 1'000'000'000U;
}

} // namespace

Recipe recipe_of(const GenerateCommand& command) {
    Recipe recipe;
    if (command.recipe.empty()) {
        recipe.seed = random_seed();
    } else {
        recipe = read_any_recipe(command.recipe);
    }
    use_preset(recipe, command);
    set_input(recipe, role_image, command.image);
    set_input(recipe, role_last_image, command.last_image);
    set_input(recipe, role_clip, command.extend);
    if (!command.loras.empty()) {
        recipe.loras.clear();
        std::ranges::transform(command.loras, std::back_inserter(recipe.loras), lora_of);
    }
    if (command.given.has("width") || command.given.has("height")) {
        // One side alone: the other one follows from the model's shape, not from the recipe's.
        recipe.width = 0;
        recipe.height = 0;
    }
    const std::string prompt = recipe.prompt;
    command.given.apply_to(recipe);
    if (!command.preset.empty()) {
        recipe.prompt = prompt; // the given one, in the preset's words
    }
    recipe.program_version = RUSHES_VERSION;
    return recipe;
}

ModelInfo model_of(const GenerateCommand& command, const Recipe& recipe) {
    const std::string wanted = command.model.value_or(recipe.model);
    if (!wanted.empty()) {
        return find_model(wanted);
    }
    std::vector<ModelInfo> models = installed_models();
    if (models.empty()) {
        throw Error(
            ErrorKind::resource,
            "No model is installed, not even the built-in one.",
            "Install Rushes again, or give --model DIR."
        );
    }
    return std::move(models.front());
}

std::optional<ModelInfo> drafter_of(const GenerateCommand& command, Recipe& recipe) {
    if (!command.given.has("draft_model")) {
        const std::vector<ModelInfo> models =
            recipe.draft_model.empty() ? std::vector<ModelInfo>() : installed_models();
        const ModelInfo* const found = drafter_of(recipe, models);
        return found == nullptr ? std::nullopt : std::optional(*found);
    }
    if (recipe.draft_model.empty()) { // as before: by the model itself
        return std::nullopt;
    }
    ModelInfo model = find_model(recipe.draft_model);
    recipe.draft_model = model.id;
    return model;
}

Plan plan_of(
    const GenerateCommand& command,
    Recipe recipe,
    const ModelInfo& model,
    const LoadOptions& options,
    const std::optional<ModelInfo>& drafter
) {
    if (command.model && command.model != recipe.model && !command.recipe.empty() &&
        model.id != recipe.model) {
        recipe.model_hash.clear(); // Asked for another model: that its weights differ is no news.
    }
    const FrameRate rate = recipe.frame_rate.num > 0 ? recipe.frame_rate : model.frame_rate;
    if (!command.prompts_at.empty()) {
        recipe.prompt_changes = prompt_changes(command.prompts_at, rate);
    }
    if (!command.keyframes.empty()) {
        std::erase_if(recipe.inputs, [](const RecipeInput& input) { return input.role == role_keyframe; });
        std::ranges::move(keyframes(command.keyframes, rate), std::back_inserter(recipe.inputs));
    }
    if (!command.steps_then.empty()) {
        recipe.step_changes = step_changes(command.steps_then);
    }
    if (command.duration) {
        // To the lattice at once: the seconds are what was asked for, so that nobody is told about frames.
        recipe.frames =
            model.lattice.nearest_frames(static_cast<int>(std::lround(*command.duration * rate.fps())));
    }
    if (recipe.width == 0 && recipe.height == 0) {
        take_shape_of_picture(recipe, model);
    }
    return make_plan(recipe, model, options, drafter ? &*drafter : nullptr);
}

JobRequest job_of(const GenerateCommand& command, Plan plan) {
    JobRequest request;
    request.output = command.output.empty() ? std::filesystem::path(file_slug(plan.recipe.prompt) + ".mp4")
                                            : command.output;
    request.notes = unfinished_notes();
    request.checkpoint = own_checkpoint(command);
    request.kept_runs = command.go_on ? kept_runs() : std::filesystem::path();
    request.settings.width = command.export_width;
    request.settings.height = command.export_height;
    request.settings.fit = command.fit == "crop" ? Fit::crop : command.fit == "pad" ? Fit::pad : Fit::blur;
    request.settings.quality = command.quality;
    request.settings.embed_recipe = !command.no_recipe;
    // Nobody looks at the frames here: they need not be kept.
    request.store_bytes = 1;
    request.plan = std::move(plan);
    return request;
}

} // namespace rushes
