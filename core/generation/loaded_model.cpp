#include "generation/loaded_model.h"

#include "generation/device_memory.h"

#include <algorithm>
#include <utility>

namespace rushes {
namespace {

constexpr std::size_t conditionings_kept = 8; ///< a few megabytes each at most

std::string key_of(const ModelInfo& model, const LoadOptions& options) {
    return model.directory.string() + '\n' + model.hash + '\n' + options.dtype +
           (options.fp8_weights ? " fp8\n" : "\n") + std::to_string(static_cast<int>(options.denoiser)) +
           (options.device_of("text_encoder") == "cpu" ? "\ntext on the CPU" : "");
}

/// All that a conditioning is made of. No text of a recipe holds a NUL.
std::string key_of(const std::string& prompt, const Recipe& recipe, bool guided) {
    std::string key;
    const auto add = [&](const std::string& text) { key.append(text).push_back('\0'); };
    add(prompt);
    add(guided ? "guided" : "");
    add(guided ? recipe.negative_prompt : "");
    for (const RecipeInput& input : recipe.inputs) {
        add(input.role);
        add(input.hash);
        add(std::to_string(input.frame));
    }
    for (const RecipeLora& lora : recipe.loras) { // they may change the text encoder too
        add(lora.hash);
        add(std::to_string(lora.strength));
    }
    return key;
}

} // namespace

bool LoadedModel::holds(const ModelInfo& model, const LoadOptions& options) const {
    return pipeline_ != nullptr && key_of(model, options) == key_;
}

Pipeline& LoadedModel::get(const ModelInfo& model, LoadOptions options, std::stop_token stop) {
    if (holds(model, options) && (options.loras == loras_ || pipeline_->change_loras(options.loras, stop))) {
        loras_ = std::move(options.loras);
        return *pipeline_;
    }
    release(); // the old model goes first: two of them may not fit
    throw_if_stopped(stop);
    pipeline_ = loader_(model, options, stop);
    ++loads_;
    key_ = key_of(model, options);
    loras_ = std::move(options.loras);
    return *pipeline_;
}

void LoadedModel::get_ready() {
    try {
        pipeline_->get_ready();
    } catch (...) { // NOLINT(bugprone-empty-catch)
    }
}

const Conditioning& LoadedModel::condition(
    const Plan& plan,
    const std::string& prompt,
    const RunInputs& inputs,
    const ShareDone& done,
    std::stop_token stop
) {
    const Recipe& recipe = plan.recipe;
    const bool guided = std::ranges::any_of(plan.passes, &Pass::guided);
    std::string key = key_of(prompt, recipe, guided);
    const auto found = std::ranges::find(conditionings_, key, &Kept::key);
    if (found != conditionings_.end()) {
        std::rotate(conditionings_.begin(), found, found + 1);
        return conditionings_.front().conditioning;
    }
    throw_if_stopped(stop);
    const Brief brief{prompt, recipe.negative_prompt, guided, inputs};
    conditionings_.push_front({std::move(key), pipeline_->condition(brief, stop, done)});
    // What a text encoder took that is gone again comes in pieces that suit nobody else.
    give_back_memory(device_);
    if (conditionings_.size() > conditionings_kept) {
        conditionings_.pop_back();
    }
    return conditionings_.front().conditioning;
}

void LoadedModel::release() {
    conditionings_.clear();
    pipeline_.reset();
    loras_.clear();
    key_.clear();
}

} // namespace rushes
