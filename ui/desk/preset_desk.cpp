#include "desk/preset_desk.h"

#include "base/error.h"
#include "controls/recipe_panel.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/preset_dialog.h"
#include "desk/undo_list.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"
#include "work/home_call.h"

#include <algorithm>

#include <QDesktopServices>
#include <QDir>
#include <QMenu>
#include <QPushButton>
#include <QUrl>

namespace rushes::ui {

namespace {

/// Nothing would change.
bool applies(const SavedPreset& preset, const Recipe& recipe, const std::vector<SavedPreset>& known) {
    try {
        return with_preset(recipe, preset, known) == recipe;
    } catch (const Error&) {
        return false;
    }
}

QString menuText(const SavedPreset& preset) {
    return toQString(preset.name).replace(QLatin1Char('&'), QLatin1String("&&"));
}

} // namespace

PresetDesk::PresetDesk(StudioSession& session, DeskPanels panels, UndoList& undo, QObject* parent)
    : QObject(parent), session_(session), panels_(panels), undo_(undo) {
    connect(&panels_.recipe, &RecipePanel::presetsClicked, this, &PresetDesk::openMenu);
}

void PresetDesk::read(std::function<void(const PresetShelf&)> use) {
    session_.shelf().runOnDisk([this, use = std::move(use)] {
        callHome(this, [use, shelf = read_presets(presets_dir())] { use(shelf); });
    });
}

/// Of the files; what goes wrong is shown as a card.
void PresetDesk::write(std::function<void()> work) {
    session_.shelf().runOnDisk([this, work = std::move(work)] {
        try {
            work();
        } catch (const Error& error) {
            callHome(this, [this, error] { panels_.stage.showError(error); });
        }
    });
}

void PresetDesk::openMenu() {
    read([this](const PresetShelf& shelf) { showMenu(shelf); });
}

void PresetDesk::showMenu(const PresetShelf& shelf) {
    QPushButton& below = panels_.recipe.presets();
    auto* menu = new QMenu(&below);
    menu->setObjectName(QStringLiteral("presets-menu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const SavedPreset& preset : shelf.presets) {
        QAction* const action =
            menu->addAction(menuText(preset), this, [this, preset, known = shelf.presets] {
                use(preset, known);
            });
        action->setCheckable(true);
        action->setChecked(applies(preset, panels_.recipe.recipe(), shelf.presets));
    }
    if (shelf.presets.empty()) {
        menu->addAction(tr("None kept yet"))->setEnabled(false);
    }
    menu->addSeparator();
    menu->addAction(tr("Keep these settings as a preset…"), this, &PresetDesk::keep);
    if (!shelf.presets.empty()) {
        QMenu* const gone = menu->addMenu(tr("Remove"));
        for (const SavedPreset& preset : shelf.presets) {
            gone->addAction(menuText(preset), this, [this, preset] { remove(preset); });
        }
    }
    menu->addAction(tr("Open the folder of presets"), this, [] {
        QDir().mkpath(toQString(presets_dir()));
        QDesktopServices::openUrl(QUrl::fromLocalFile(toQString(presets_dir())));
    });
    if (!shelf.problems.empty()) {
        panels_.toast.say(toQString(shelf.problems.front()));
    }
    menu->popup(below.mapToGlobal(QPoint(0, below.height())));
}

/// One that applies already is taken out of the prompt again.
void PresetDesk::use(const SavedPreset& preset, const std::vector<SavedPreset>& known) {
    Recipe recipe = panels_.recipe.recipe();
    try {
        if (applies(preset, recipe, known)) {
            recipe.prompt = without_words(recipe.prompt, preset);
            emit recipeWanted(recipe, tr("Without the words of “%1”").arg(toQString(preset.name)));
            return;
        }
        if (const std::string model = model_of(preset); !model.empty() && model != recipe.model) {
            if (std::ranges::find(session_.models(), model, &ModelInfo::id) == session_.models().end()) {
                throw Error(ErrorKind::user, "The model '" + model + "' of this preset is not installed.");
            }
            recipe = panels_.recipe.withModel(recipe, model);
        }
        emit recipeWanted(
            with_preset(recipe, preset, known), tr("Preset “%1” is set").arg(toQString(preset.name))
        );
    } catch (const Error& error) {
        panels_.toast.say(toQString(std::string(error.what())));
    }
}

void PresetDesk::keep() {
    read([this](const PresetShelf& shelf) {
        PresetDialog dialog(panels_.recipe.recipe(), shelf.presets, panels_.stage.window());
        if (dialog.exec() != QDialog::Accepted) {
            return;
        }
        write([this, preset = dialog.preset()] {
            keep_preset(presets_dir(), preset);
            callHome(this, [this, name = toQString(preset.name)] {
                panels_.toast.say(tr("“%1” is kept: choose it under “presets” above the prompt").arg(name));
            });
        });
    });
}

void PresetDesk::remove(const SavedPreset& preset) {
    undo_.run(
        tr("preset removed"),
        [this, preset] { write([preset] { remove_preset(presets_dir(), preset); }); },
        [this, preset] { write([preset] { keep_preset(presets_dir(), preset); }); }
    );
    undo_.say(tr("“%1” is removed").arg(toQString(preset.name)));
}

} // namespace rushes::ui
