#include "desk/prompt_counter.h"

#include "base/error.h"
#include "controls/recipe_panel.h"
#include "work/home_call.h"

#include <optional>
#include <utility>

namespace rushes::ui {

PromptCounter::PromptCounter(RecipePanel& panel, QObject* parent) : QObject(parent), panel_(panel) {
    connect(&panel_, &RecipePanel::shown, this, &PromptCounter::count);
}

void PromptCounter::count() {
    const ModelInfo* const model = panel_.model();
    const std::string prompt = panel_.recipe().prompt;
    std::string asked = model != nullptr ? model->id + '\0' + prompt : std::string();
    if (asked == asked_) {
        return;
    }
    asked_ = std::move(asked);
    if (model == nullptr || !model->prompt_meter) {
        return;
    }
    thread_.post([this, meter = model->prompt_meter, prompt, asked = asked_](const std::stop_token&) {
        std::optional<PromptLength> length;
        try {
            length = meter(prompt);
        } catch (const Error&) {
            // The model says so itself when it is loaded; until then characters are counted.
        }
        callHome(this, [this, length, asked] {
            if (asked == asked_) {
                panel_.showPromptLength(length);
            }
        });
    });
}

} // namespace rushes::ui
