#include "desk/queue_desk.h"

#include "controls/choices.h"
#include "controls/generate_button.h"
#include "controls/recipe_panel.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/status_line.h"
#include "desk/undo_list.h"
#include "queue/side_panel.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"

namespace rushes::ui {

QueueDesk::QueueDesk(StudioSession& session, DeskPanels panels, UndoList& undo, QObject* parent)
    : QObject(parent), session_(session), panels_(panels), undo_(undo) {
    connectQueue();
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
    connect(&session_, &StudioSession::deviceYielded, this, [this] {
        panels_.toast.say(
            tr("The memory is free for other programs. What was begun goes on from its last step."),
            tr("Resume queue"),
            [this] { session_.setPaused(false); }
        );
    });
    connect(&session_, &StudioSession::noted, this, [this](const QString& sentence) {
        panels_.toast.say(sentence);
    });
    connect(&panels_.status, &StatusLine::diskRead, this, &QueueDesk::mindDisk);
    connect(&panels_.side, &SidePanel::pauseNowRequested, &session_, &StudioSession::pauseNow);
    connect(&panels_.side, &SidePanel::retryRequested, &session_, &StudioSession::retry);
    connect(&panels_.side, &SidePanel::duplicateRequested, &session_, &StudioSession::duplicate);
    connect(&panels_.side, &SidePanel::editRequested, this, &QueueDesk::beginEdit);
    connect(&panels_.recipe, &RecipePanel::editCancelled, this, &QueueDesk::cancelEdit);
}

void QueueDesk::connectQueue() {
    QueueModel& queue = session_.queue();
    connect(&panels_.side, &SidePanel::reordered, this, [this, &queue](const QString& id, int from, int to) {
        const auto go = [&queue, id](int row) {
            if (const auto now = queue.rowOf(id)) {
                queue.move(id, row - *now);
            }
        };
        undo_.run(tr("order of the queue"), [go, to] { go(to); }, [go, from] { go(from); }, /*done=*/true);
        undo_.say(to < from ? tr("Moved forward in the queue") : tr("Moved back in the queue"));
    });
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
    const auto still_there = [this, &queue] {
        if (edited_ && !queue.rowOf(edited_->id)) {
            endEdit(tr("That clip does not wait any more; the settings are your own again"));
        }
    };
    connect(&queue, &QueueModel::countChanged, this, still_there);
    connect(&queue, &QAbstractItemModel::dataChanged, this, still_there);
}

void QueueDesk::beginEdit(const QString& id) {
    const auto row = session_.queue().rowOf(id);
    if (!row) {
        return;
    }
    edited_ = Edited{id, edited_ ? edited_->before : panels_.recipe.recipe()};
    const Recipe recipe = session_.queue().card(*row).job.recipe;
    panels_.recipe.setEditing(true);
    showState();
    emit recipeWanted(recipe, tr("Settings of the waiting clip"));
    panels_.recipe.focusPrompt();
}

bool QueueDesk::keepEdit() {
    if (!edited_) {
        return false;
    }
    session_.edit(edited_->id, panels_.recipe.recipe());
    endEdit(tr("The waiting clip is changed"));
    return true;
}

void QueueDesk::cancelEdit() {
    if (edited_) {
        endEdit(tr("The waiting clip stays as it was"));
    }
}

void QueueDesk::endEdit(const QString& done) {
    const Recipe before = edited_->before;
    edited_.reset();
    panels_.recipe.setEditing(false);
    showState();
    emit recipeWanted(before, done);
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

void QueueDesk::mindDisk(qlonglong free) {
    constexpr qlonglong least = 500'000'000; // a long clip in the best quality, and room for everybody else
    if (free >= least) {
        disk_told_ = false;
        return;
    }
    const bool at_work = session_.running() || session_.queue().waiting() > 0;
    if (disk_told_ || !at_work || session_.paused()) {
        return; // who resumed it knows
    }
    disk_told_ = true;
    session_.setPaused(true);
    panels_.toast.say(
        tr("Only %1 are free where clips go: the queue pauses.")
            .arg(bytesText(static_cast<std::uint64_t>(free))),
        tr("Resume queue"),
        [this] { session_.setPaused(false); }
    );
}

void QueueDesk::showState() {
    panels_.recipe.generate().setState(
        editing()            ? GenerateButton::State::keeps
        : session_.paused()  ? GenerateButton::State::paused
        : session_.running() ? GenerateButton::State::queues
                             : GenerateButton::State::generates
    );
    panels_.side.setPaused(session_.paused());
}

} // namespace rushes::ui
