#include "controls/folder_dialog.h"

#include "convert.h"

#include <system_error>

#include <QFileDialog>

namespace rushes::ui {

void askFolder(
    QWidget* window,
    const QString& title,
    const std::filesystem::path& start,
    std::function<void(const std::filesystem::path&)> chosen
) {
    std::error_code ignored;
    std::filesystem::path place = start; // or what is left of it
    while (!std::filesystem::is_directory(place, ignored) && place.has_relative_path()) {
        place = place.parent_path();
    }
    auto* dialog = new QFileDialog(window, title, toQString(place)); // deletes itself when closed
    dialog->setObjectName(QStringLiteral("folder-dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    QObject::connect(
        dialog,
        &QFileDialog::fileSelected,
        window,
        [chosen = std::move(chosen)](const QString& folder) { chosen(toPath(folder)); }
    );
    dialog->open();
}

} // namespace rushes::ui
