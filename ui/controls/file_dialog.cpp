#include "controls/file_dialog.h"

#include "convert.h"
#include "theme/icons.h"
#include "theme/tokens.h"

#include <system_error>

#include <QAbstractFileIconProvider>
#include <QFileDialog>
#include <QHeaderView>
#include <QTreeView>

namespace rushes::ui {

namespace {

/// Our own symbols, where the desktop has no dialog of its own.
class FileIcons : public QAbstractFileIconProvider {
public:
    QIcon icon(IconType type) const override {
        return rushes::ui::icon(type == File ? QStringLiteral("film") : QStringLiteral("folder"));
    }

    QIcon icon(const QFileInfo& info) const override { return icon(info.isDir() ? Folder : File); }
};

/// Deletes itself when closed. What is left of `start` is where it opens.
QFileDialog*
makeDialog(QWidget* window, const QString& title, const std::filesystem::path& start, PathChosen chosen) {
    std::error_code ignored;
    std::filesystem::path place = start;
    while (!std::filesystem::is_directory(place, ignored) && place.has_relative_path()) {
        place = place.parent_path();
    }
    static FileIcons icons; // the dialogs borrow it
    auto* dialog = new QFileDialog(window, title, toQString(place));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setIconProvider(&icons);
    dialog->setViewMode(QFileDialog::Detail);
    dialog->resize(size::dialog_width, size::dialog_height);
    for (QTreeView* list : dialog->findChildren<QTreeView*>()) {
        list->header()->setSectionResizeMode(0, QHeaderView::Stretch); // whole names
        list->header()->setSectionHidden(2, true);                     // the kind, which the name's end says
        list->header()->setSectionResizeMode(3, QHeaderView::ResizeToContents);
        list->setIconSize({size::icon_small, size::icon_small});
        list->setTextElideMode(Qt::ElideRight);
    }
    QObject::connect(
        dialog,
        &QFileDialog::fileSelected,
        window,
        [chosen = std::move(chosen)](const QString& path) { chosen(toPath(path)); }
    );
    return dialog;
}

} // namespace

void askFolder(QWidget* window, const QString& title, const std::filesystem::path& start, PathChosen chosen) {
    QFileDialog* dialog = makeDialog(window, title, start, std::move(chosen));
    dialog->setObjectName(QStringLiteral("folder-dialog"));
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    dialog->open();
}

void askFile(
    QWidget* window,
    const QString& title,
    const std::filesystem::path& start,
    const QString& filter,
    PathChosen chosen
) {
    QFileDialog* dialog = makeDialog(window, title, start, std::move(chosen));
    dialog->setObjectName(QStringLiteral("file-dialog"));
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilter(filter);
    dialog->open();
}

} // namespace rushes::ui
