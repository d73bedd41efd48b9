#include "desk/export_start.h"

#include "controls/toast.h"
#include "convert.h"
#include "export/export_dialog.h"
#include "session/settings.h"
#include "stage/player.h"

#include <algorithm>

#include <QCoreApplication>
#include <QFileInfo>

namespace rushes::ui {

namespace {

ExportRequest requestOf(const StageClip& clip, const PlaybackClock& clock, const ClipRecord& record) {
    const std::int64_t end = clip.finalFrames() - 1;
    ExportRequest request;
    request.store = clip.store();
    request.first = clock.in().value_or(0);
    request.last = std::min(clock.out().value_or(end), end);
    request.width = clip.shape().width;
    request.height = clip.shape().height;
    request.rate = clip.shape().rate;
    request.whole_last = end;
    request.recipe = record.recipe;
    return request;
}

} // namespace

void openExport(
    Player& player,
    const ClipRecord& record,
    const std::filesystem::path& notes,
    Settings& settings,
    std::filesystem::path& folder,
    Toast& toast,
    QWidget* window
) {
    const auto& clip = player.clip();
    if (!clip || clip->growing() || clip->finalFrames() == 0) {
        return;
    }
    // Deletes itself when closed.
    ExportRequest request = requestOf(*clip, player.clock(), record);
    request.notes = notes;
    auto* dialog = new ExportDialog(request, folder, window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setPicture(player.picture());
    dialog->form().choosePreset(settings.get(Setting::export_preset).toString());
    dialog->form().chooseFormat(settings.get(Setting::export_format).toInt());
    dialog->form().chooseFit(settings.get(Setting::export_fit).toInt());
    QObject::connect(&player, &Player::pictureChanged, dialog, [dialog, &player] {
        dialog->setPicture(player.picture());
    });
    QObject::connect(
        dialog,
        &ExportDialog::exported,
        dialog,
        [dialog, &settings, &folder, &toast](const QString& file) {
            settings.set(Setting::export_preset, dialog->form().presetId());
            settings.set(Setting::export_format, dialog->form().formatIndex());
            settings.set(Setting::export_fit, dialog->form().fitIndex());
            folder = toPath(QFileInfo(file).absolutePath());
            toast.say(
                QCoreApplication::translate("ExportStart", "Exported %1").arg(QFileInfo(file).fileName()),
                QCoreApplication::translate("ExportStart", "Show in folder"),
                [file] { showInFolder(file); }
            );
        }
    );
    dialog->show();
}

} // namespace rushes::ui
