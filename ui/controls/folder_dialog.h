// Asking for a folder without stopping the window: the answer comes as a call.
#pragma once

#include <filesystem>
#include <functional>

class QString;
class QWidget;

namespace rushes::ui {

/// Opens the dialog over `window`; `chosen` is called when a folder was chosen, and not when it was
/// cancelled.
void askFolder(
    QWidget* window,
    const QString& title,
    const std::filesystem::path& start,
    std::function<void(const std::filesystem::path&)> chosen
);

} // namespace rushes::ui
