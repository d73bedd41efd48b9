// Opens the export of what is on the stage.
#pragma once

#include "library/clip_library.h"

#include <filesystem>

class QWidget;

namespace rushes::ui {

class Player;
class Settings;
class Toast;

/// Does nothing while there is no finished clip. `record` is the clip on the stage; `folder` is where the
/// last export went, and follows the next one. `notes`: see UnfinishedNote.
void openExport(
    Player& player,
    const ClipRecord& record,
    const std::filesystem::path& notes,
    Settings& settings,
    std::filesystem::path& folder,
    Toast& toast,
    QWidget* window
);

} // namespace rushes::ui
