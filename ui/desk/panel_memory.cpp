#include "desk/panel_memory.h"

#include "base/error.h"
#include "controls/advanced_panel.h"
#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "controls/seed_field.h"
#include "convert.h"
#include "session/settings.h"
#include "stage/player.h"

#include <QCheckBox>
#include <QStringList>

namespace rushes::ui {

void recallPanel(RecipePanel& panel, Player& player, const Settings& settings) {
    const QString stored = settings.get(Setting::recipe).toString();
    if (stored.isEmpty()) {
        Recipe fresh;
        fresh.seed = SeedField::randomSeed();
        panel.showRecipe(fresh);
    } else {
        try {
            panel.showRecipe(recipe_from_json(toStd(stored)));
        } catch (const Error&) {
            panel.showRecipe({}); // written by a newer program: start afresh
        }
    }
    panel.prompt().setHistory(settings.get(Setting::history).toStringList());
    panel.seed().newEachTime().setChecked(settings.get(Setting::new_seed).toBool());
    panel.advanced().setOpen(settings.get(Setting::advanced_open).toBool());
    player.setLooping(settings.get(Setting::looping).toBool());
}

void rememberPanel(RecipePanel& panel, const Player& player, Settings& settings) {
    try {
        settings.set(Setting::recipe, toQString(to_json(panel.recipe())));
    } catch (const Error&) {
        // A text that is not UTF-8 cannot be typed here; if it ever is, the settings of before stay.
    }
    settings.set(Setting::history, panel.prompt().history());
    settings.set(Setting::new_seed, panel.newSeedEachTime());
    settings.set(Setting::advanced_open, panel.advanced().isOpen());
    settings.set(Setting::looping, player.clock().looping());
}

} // namespace rushes::ui
