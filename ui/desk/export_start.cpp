#include "desk/export_start.h"

#include "convert.h"
#include "export/export_dialog.h"
#include "session/settings.h"
#include "stage/player.h"

#include <algorithm>

#include <QFileInfo>

namespace rushes::ui {

namespace {

ExportRequest requestOf(const StageClip& clip, const PlaybackClock& clock, const Recipe& recipe) {
    const std::int64_t end = clip.finalFrames() - 1;
    ExportRequest request;
    request.store = clip.store();
    request.first = clock.in().value_or(0);
    request.last = std::min(clock.out().value_or(end), end);
    request.width = clip.shape().width;
    request.height = clip.shape().height;
    request.rate = clip.shape().rate;
    request.recipe = recipe;
    return request;
}

} // namespace

void openExport(
    Player& player,
    const Recipe& recipe,
    const std::filesystem::path& notes,
    Settings& settings,
    std::filesystem::path& folder,
    QWidget* window
) {
    const auto& clip = player.clip();
    if (!clip || clip->growing() || clip->finalFrames() == 0) {
        return;
    }
    // Deletes itself when closed.
    ExportRequest request = requestOf(*clip, player.clock(), recipe);
    request.notes = notes;
    auto* dialog = new ExportDialog(request, folder, window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setPicture(player.picture());
    dialog->choosePreset(settings.get(Setting::export_preset).toString());
    dialog->chooseFormat(settings.get(Setting::export_format).toInt());
    QObject::connect(&player, &Player::pictureChanged, dialog, [dialog, &player] {
        dialog->setPicture(player.picture());
    });
    QObject::connect(
        dialog,
        &ExportDialog::exported,
        dialog,
        [dialog, &settings, &folder](const QString& file) {
            settings.set(Setting::export_preset, dialog->presetId());
            settings.set(Setting::export_format, dialog->formatIndex());
            folder = toPath(QFileInfo(file).absolutePath());
        }
    );
    dialog->show();
}

} // namespace rushes::ui
