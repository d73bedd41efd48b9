// From the clip on the stage to the export dialog: what is exported, and what the dialog remembers.
#pragma once

#include "generation/recipe.h"

#include <filesystem>

class QWidget;

namespace rushes::ui {

class Player;
class Settings;

/// Opens the dialog for the marked part of the clip on the stage; nothing when there is no finished one.
/// `notes`: see UnfinishedNote. `folder`: where to, changed to where the person wrote last; outlives the
/// dialog, as `settings` does.
void openExport(
    Player& player,
    const Recipe& recipe,
    const std::filesystem::path& notes,
    Settings& settings,
    std::filesystem::path& folder,
    QWidget* window
);

} // namespace rushes::ui
