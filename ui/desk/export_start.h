// Opens the export of what is on the stage, or of clips chosen in the strip.
#pragma once

#include "library/clip_library.h"

#include <filesystem>
#include <vector>

#include <QImage>

class QWidget;

namespace rushes::ui {

class Player;
class Settings;
class Toast;

/// Where exports go and who hears of them.
struct ExportPlace {
    std::filesystem::path notes; ///< see UnfinishedNote
    Settings& settings;
    std::filesystem::path& folder; ///< where the last export went; follows the next one
    Toast& toast;
    QWidget* window;
};

/// Does nothing while there is no finished clip. `record` is the clip on the stage.
void openExport(Player& player, const ClipRecord& record, const ExportPlace& place);

/// Several clips, read from their files; `picture` stands for them.
void openExport(const std::vector<ClipRecord>& records, const QImage& picture, const ExportPlace& place);

} // namespace rushes::ui
