#include "desk/queue_desk.h"

#include "controls/generate_button.h"
#include "controls/recipe_panel.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/undo_list.h"
#include "queue/side_panel.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"

namespace rushes::ui {

QueueDesk::QueueDesk(StudioSession& session, DeskPanels panels, UndoList& undo, QObject* parent)
    : QObject(parent), session_(session), panels_(panels), undo_(undo) {
    QueueModel& queue = session_.queue();
    connect(&queue, &QueueModel::removed, this, [this, &queue](const std::vector<RemovedJob>& jobs) {
        const bool one = jobs.size() == 1;
        undo_.run(
            one ? tr("removed from the queue") : tr("queue cleared"),
            [&queue, jobs] {
                for (const RemovedJob& removed : jobs) {
                    queue.take(toQString(removed.card.job.id));
                }
            },
            [&queue, jobs] {
                for (const RemovedJob& removed : jobs) {
                    queue.putBack(removed);
                }
            },
            /*done=*/true
        );
        undo_.say(
            one ? tr("Removed from the queue") : tr("%1 clips removed from the queue").arg(jobs.size())
        );
    });
    connect(&queue, &QueueModel::countChanged, this, &QueueDesk::showState);
    connect(&session_, &StudioSession::pauseChanged, this, &QueueDesk::showState);
    connect(&session_, &StudioSession::queueFailed, this, [this](const Error& error) {
        panels_.stage.showError(error);
    });
    connect(&session_, &StudioSession::queueProblems, this, [this](const QStringList& problems) {
        const bool paused = session_.paused();
        panels_.toast.say(problems.join(QLatin1Char(' ')), paused ? tr("Resume queue") : QString(), [this] {
            session_.setPaused(false);
        });
    });
    connect(&session_, &StudioSession::clipsRecovered, this, [this](int clips) {
        panels_.toast.say(
            clips == 1 ? tr("A clip that was being made when Rushes was ended is saved.")
                       : tr("%1 clips that were being made when Rushes was ended are saved.").arg(clips)
        );
    });
    connect(&panels_.side, &SidePanel::pauseNowRequested, &session_, &StudioSession::pauseNow);
    connect(&panels_.side, &SidePanel::retryRequested, &session_, &StudioSession::retry);
    connect(&panels_.side, &SidePanel::duplicateRequested, &session_, &StudioSession::duplicate);
}

void QueueDesk::sayPaused() {
    const int waiting = session_.queue().waiting();
    panels_.toast.say(
        waiting == 1 ? tr("The queue is paused: the clip waits.")
                     : tr("The queue is paused: %1 clips wait.").arg(waiting),
        tr("Resume queue"),
        [this] { session_.setPaused(false); }
    );
}

void QueueDesk::showState() {
    panels_.recipe.generate().setState(
        session_.paused()    ? GenerateButton::State::paused
        : session_.running() ? GenerateButton::State::queues
                             : GenerateButton::State::generates
    );
    panels_.side.setPaused(session_.paused());
}

} // namespace rushes::ui
