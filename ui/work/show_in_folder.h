// A file in the desktop's file manager.
#pragma once

#include <QString>

namespace rushes::ui {

/// Opens the file's folder with the file selected (org.freedesktop.FileManager1); where no file manager
/// answers to that, the folder. Does not wait.
void showInFolder(const QString& file);

} // namespace rushes::ui
