#include "desk/edit_desk.h"

#include "base/error.h"
#include "controls/recipe_panel.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/clip_desk.h"
#include "desk/input_desk.h"
#include "library/film_strip.h"
#include "models/run_inputs.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"
#include "work/clip_work.h"
#include "work/home_call.h"
#include "work/show_in_folder.h"

#include <algorithm>

namespace rushes::ui {

namespace {

constexpr int progress_step = 5; ///< percent: often enough to be seen, rarely enough to be read out

} // namespace

EditDesk::EditDesk(
    StudioSession& session, DeskPanels panels, ClipDesk& clips, InputDesk& inputs, QObject* parent
)
    : QObject(parent), session_(session), panels_(panels), clips_(clips), inputs_(inputs) {
    connect(&panels_.strip, &FilmStrip::deedRequested, this, &EditDesk::run);
}

EditDesk::~EditDesk() = default;

void EditDesk::trim() {
    const PlaybackClock& clock = panels_.stage.player().clock();
    if (!clips_.shown() || (!clock.in() && !clock.out())) {
        panels_.toast.say(tr("Mark a part of a clip first: I says where it begins, O where it ends."));
        return;
    }
    start({{{clips_.shown()->file, clock.in().value_or(0), clock.out()}}});
}

void EditDesk::loop(Loop loop) {
    if (!clips_.shown()) {
        panels_.toast.say(tr("There is no finished clip on the stage."));
        return;
    }
    const PlaybackClock& clock = panels_.stage.player().clock();
    start({{{clips_.shown()->file, clock.in().value_or(0), clock.out()}}, loop});
}

void EditDesk::takeLastFrame() {
    if (clips_.shown()) {
        takeLastFrameOf(*clips_.shown());
    } else {
        panels_.toast.say(tr("There is no finished clip on the stage."));
    }
}

void EditDesk::join() {
    joinAll(recordsOf(panels_.strip.selectedIds()));
}

void EditDesk::run(const QList<qlonglong>& ids, ClipDeed deed) {
    const std::vector<ClipRecord> records = recordsOf(ids);
    if (records.empty()) {
        return;
    }
    switch (deed) {
    case ClipDeed::loop_fade:
        return start({{{records.front().file, 0, {}}}, Loop::fade});
    case ClipDeed::loop_back:
        return start({{{records.front().file, 0, {}}}, Loop::back});
    case ClipDeed::join:
        return joinAll(records);
    case ClipDeed::last_frame:
        return takeLastFrameOf(records.front());
    }
}

/// As they were made, the oldest first.
std::vector<ClipRecord> EditDesk::recordsOf(QList<qlonglong> ids) const {
    std::ranges::sort(ids);
    std::vector<ClipRecord> records;
    for (const qlonglong id : ids) {
        if (const auto item = session_.shelf().itemOf(id)) {
            records.push_back(item->record);
        }
    }
    return records;
}

void EditDesk::joinAll(const std::vector<ClipRecord>& records) {
    if (records.size() < 2) {
        panels_.toast.say(tr("Choose two clips or more: Ctrl and a click adds one."));
        return;
    }
    ClipEdit edit;
    edit.fit = true;
    for (const ClipRecord& record : records) {
        edit.parts.push_back({record.file, 0, {}});
    }
    start(edit);
}

void EditDesk::takeLastFrameOf(const ClipRecord& record) {
    const ModelInfo* model = panels_.recipe.model();
    if (model == nullptr || std::ranges::find(model->inputs, std::string(role_image), &AcceptedInput::role) ==
                                model->inputs.end()) {
        panels_.toast.say(tr("This model starts from no picture: choose another model."));
        return;
    }
    thread_.post([this, file = record.file](std::stop_token) {
        try {
            const auto clip = clipWork().open_clip(file);
            const FramePtr frame = clip->at(clip->facts().frames - 1);
            if (!frame) {
                throw Error(
                    ErrorKind::resource,
                    "The last frame of '" + file.filename().string() + "' cannot be read."
                );
            }
            callHome(this, [this, picture = toQImage(frame).copy(), name = toQString(file.filename())] {
                inputs_.takeImage(role_image, picture);
                panels_.toast.say(tr("The next clip begins with the last frame of %1").arg(name));
            });
        } catch (const Error& error) {
            callHome(this, [this, error] { panels_.stage.showError(error); });
        }
    });
}

void EditDesk::start(const ClipEdit& edit) {
    const auto stop = std::make_shared<std::stop_source>();
    const auto folder = session_.videos();
    const auto notes = session_.parts().unfinished;
    tellProgress(toQString(edit.parts.front().file.filename()), 0, stop);
    thread_.post([this, edit, folder, notes, stop](std::stop_token ending) {
        const std::stop_callback by_end(ending, [&] { stop->request_stop(); });
        const QString name = toQString(edit.parts.front().file.filename());
        int shown = 0;
        const auto progress = [&](double share) {
            if (const int percent = static_cast<int>(share * 100); percent >= shown + progress_step) {
                shown = percent;
                callHome(this, [this, name, percent, stop] { tellProgress(name, percent, stop); });
            }
        };
        try {
            const EditedFile made = clipWork().edit_clips(edit, folder, notes, progress, stop->get_token());
            session_.shelf().record(made.record, [this, made] {
                callHome(this, [this, made] { keep(made.record, made.fitted); });
            });
        } catch (const Stopped&) {
            callHome(this, [this] {
                panels_.toast.say(tr("Nothing was made. The clips are as they were."));
            });
        } catch (const Error& error) {
            callHome(this, [this, error] { panels_.stage.showError(error); });
        }
    });
}

/// Says nothing over what something else said in the meantime.
void EditDesk::tellProgress(const QString& name, int percent, const std::shared_ptr<std::stop_source>& stop) {
    if (percent > 0 && !panels_.toast.text().isEmpty() && panels_.toast.text() != told_) {
        return;
    }
    told_ = tr("Making a clip of %1: %2 %").arg(name).arg(percent);
    panels_.toast.say(told_, tr("Cancel"), [stop] { stop->request_stop(); });
}

/// In the library now: seen on the stage, the settings stay.
void EditDesk::keep(const ClipRecord& record, int fitted) {
    const auto row = session_.shelf().model().rowOfFile(record.file);
    clips_.show(row ? session_.shelf().model().item(*row).record : record);
    const QString name = toQString(record.file.filename());
    panels_.toast.say(
        fitted > 0
            ? tr("Made %1. %2 clips of another size were cut to the first one's.").arg(name).arg(fitted)
            : tr("Made %1").arg(name),
        tr("Show in folder"),
        [file = record.file] { showInFolder(toQString(file)); }
    );
}

} // namespace rushes::ui
