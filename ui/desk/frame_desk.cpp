#include "desk/frame_desk.h"

#include "base/error.h"
#include "base/paths.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/clip_desk.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"
#include "theme/tokens.h"
#include "work/clip_work.h"
#include "work/home_call.h"
#include "work/show_in_folder.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDrag>
#include <QFileInfo>
#include <QPixmap>
#include <QUrl>

namespace rushes::ui {

namespace {

/// A picture beside the clips, in a file of its own.
std::filesystem::path
writePng(const FramePtr& frame, const Recipe& recipe, const std::filesystem::path& wanted) {
    const auto encoder = clipWork().open_encoder(
        unused_name(wanted), frame->width, frame->height, recipe.frame_rate, {}, to_json(recipe), {}
    );
    encoder->write(*frame);
    return encoder->finish().path;
}

} // namespace

FrameDesk::FrameDesk(StudioSession& session, DeskPanels panels, const ClipDesk& clips, QObject* parent)
    : QObject(parent), session_(session), panels_(panels), clips_(clips) {}

void FrameDesk::copyFrame() {
    const QImage& picture = panels_.stage.player().picture();
    if (!picture.isNull()) {
        QApplication::clipboard()->setImage(picture.copy());
        panels_.toast.say(tr("Frame copied"));
    }
}

void FrameDesk::saveFrame() {
    const Player& player = panels_.stage.player();
    if (player.picture().isNull()) {
        return;
    }
    const Plan* running = session_.runningPlan();
    const Recipe recipe = clips_.shown()       ? clips_.shown()->recipe
                          : running != nullptr ? running->recipe
                                               : Recipe{};
    const std::string name = clips_.shown() ? clips_.shown()->file.stem().string() : file_slug(recipe.prompt);
    const auto index = player.clock().index();
    const auto file = session_.videos() / (name + "-frame-" + std::to_string(index + 1) + ".png");
    session_.shelf().runOnDisk([this, file, recipe, picture = player.picture()] {
        try {
            const auto written = writePng(toFrame(picture), recipe, file);
            callHome(this, [this, written] {
                panels_.toast.say(
                    tr("Saved %1").arg(toQString(written.filename())),
                    tr("Show in folder"),
                    [written] { showInFolder(toQString(written)); }
                );
            });
        } catch (const Error& error) {
            callHome(this, [this, error] { panels_.stage.showError(error); });
        }
    });
}

void FrameDesk::copyFile() {
    if (clips_.shown()) {
        QApplication::clipboard()->setMimeData(fileData({toQString(clips_.shown()->file)}));
        panels_.toast.say(tr("File copied"));
    }
}

void FrameDesk::openElsewhere() {
    if (clips_.shown()) {
        QDesktopServices::openUrl(QUrl::fromLocalFile(toQString(clips_.shown()->file)));
    }
}

void FrameDesk::dragFile() {
    if (!clips_.shown()) {
        return;
    }
    auto* drag = new QDrag(panels_.stage.window()); // Qt deletes it after the drop
    drag->setMimeData(fileData({toQString(clips_.shown()->file)}));
    drag->setPixmap(QPixmap::fromImage(
        panels_.stage.player().picture().scaled(size::thumb_width, size::thumb_height, Qt::KeepAspectRatio)
    ));
    drag->exec(Qt::CopyAction);
}

} // namespace rushes::ui
