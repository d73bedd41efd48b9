// Asking for a file or a folder without stopping the window: the answer comes as a call.
#pragma once

#include <filesystem>
#include <functional>

class QString;
class QWidget;

namespace rushes::ui {

using PathChosen = std::function<void(const std::filesystem::path&)>;

/// Opens the dialog over `window`; `chosen` is called when something was chosen, and not when it was
/// cancelled.
void askFolder(QWidget* window, const QString& title, const std::filesystem::path& start, PathChosen chosen);

/// `filter`: "Clips (*.mp4 *.mkv);;All files (*)".
void askFile(
    QWidget* window,
    const QString& title,
    const std::filesystem::path& start,
    const QString& filter,
    PathChosen chosen
);

} // namespace rushes::ui
