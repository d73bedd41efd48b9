#include "desk/export_start.h"

#include "controls/toast.h"
#include "convert.h"
#include "export/export_dialog.h"
#include "session/settings.h"
#include "stage/player.h"
#include "work/show_in_folder.h"

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

ExportRequest requestOf(const ClipRecord& record) {
    ExportRequest request;
    request.source = record.file;
    request.last = record.frames - 1;
    request.whole_last = request.last;
    request.width = record.width;
    request.height = record.height;
    request.rate = record.recipe.frame_rate.num > 0 ? record.recipe.frame_rate : FrameRate{};
    request.recipe = record.recipe;
    return request;
}

/// Deletes itself when closed.
ExportDialog* openDialog(std::vector<ExportRequest> requests, const ExportPlace& place) {
    for (ExportRequest& request : requests) {
        request.notes = place.notes;
    }
    auto* dialog = new ExportDialog(std::move(requests), place.folder, place.window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    Settings& settings = place.settings;
    dialog->form().choosePreset(settings.get(Setting::export_preset).toString());
    dialog->form().chooseFormat(settings.get(Setting::export_format).toInt());
    dialog->form().chooseFit(settings.get(Setting::export_fit).toInt());
    QObject::connect(
        dialog,
        &ExportDialog::exported,
        dialog,
        [dialog, &settings, &folder = place.folder, &toast = place.toast](const QString& file) {
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
    return dialog;
}

} // namespace

void openExport(Player& player, const ClipRecord& record, const ExportPlace& place) {
    const auto& clip = player.clip();
    if (!clip || clip->growing() || clip->finalFrames() == 0) {
        return;
    }
    ExportDialog* dialog = openDialog({requestOf(*clip, player.clock(), record)}, place);
    dialog->setPicture(player.picture());
    QObject::connect(&player, &Player::pictureChanged, dialog, [dialog, &player] {
        dialog->setPicture(player.picture());
    });
    dialog->show();
}

void openExport(const std::vector<ClipRecord>& records, const QImage& picture, const ExportPlace& place) {
    std::vector<ExportRequest> requests;
    for (const ClipRecord& record : records) {
        if (record.frames > 0) {
            requests.push_back(requestOf(record));
        }
    }
    if (!requests.empty()) {
        ExportDialog* dialog = openDialog(std::move(requests), place);
        dialog->setPicture(picture);
        dialog->show();
    }
}

} // namespace rushes::ui
