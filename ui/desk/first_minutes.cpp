#include "desk/first_minutes.h"

#include "base/error.h"
#include "base/memory.h"
#include "controls/clip_cost.h"
#include "controls/recipe_panel.h"
#include "controls/toast.h"
#include "convert.h"
#include "session/settings.h"
#include "session/studio_session.h"
#include "stage/first_steps.h"
#include "stage/stage_panel.h"

#include <iterator>

namespace rushes::ui {

FirstMinutes::FirstMinutes(StudioSession& session, Settings& settings, DeskPanels panels, QObject* parent)
    : QObject(parent), session_(session), settings_(settings), panels_(panels) {
    FirstSteps& steps = panels_.stage.firstSteps();
    connect(&steps, &FirstSteps::runClicked, this, &FirstMinutes::runWanted);
    connect(&session_, &StudioSession::modelsFound, this, &FirstMinutes::showMachine);
    connect(&session_, &StudioSession::engineLoaded, this, &FirstMinutes::showMachine);
    connect(&session_, &StudioSession::pricesChanged, this, &FirstMinutes::showMachine);
    connect(&session_.shelf(), &ClipShelf::loaded, this, &FirstMinutes::showWhetherEmpty);
    connect(&session_.shelf(), &ClipShelf::countChanged, this, &FirstMinutes::showWhetherEmpty);
    connect(&session_, &StudioSession::runStarted, this, &FirstMinutes::showWhetherEmpty);
    connect(&session_, &StudioSession::runEnded, this, &FirstMinutes::showWhetherEmpty);
    showMachine();
}

void FirstMinutes::showWhetherEmpty() {
    panels_.stage.setFirstSteps(session_.shelf().clips() == 0 && !session_.running());
}

/// "CPU, 2 threads · 8.2 GB of memory · a clip of Rushes Demo takes about 6 s".
void FirstMinutes::showMachine() {
    FirstSteps& steps = panels_.stage.firstSteps();
    const DeviceInfo& device = session_.device();
    if (!session_.engineReady()) {
        steps.setMachine(tr("Looking at what this machine can do…"));
        return;
    }
    QStringList parts{toQString(device.name)};
    if (const std::uint64_t memory = device.memory > 0 ? device.memory : machine_memory().all(); memory > 0) {
        parts << tr("%1 of memory").arg(bytesText(memory));
    }
    if (const ModelInfo* model = panels_.recipe.model()) {
        steps.setExamples(model->examples);
        try {
            const ClipCost cost = session_.price(panels_.recipe.completed({}));
            if (cost.seconds >= 0) {
                parts << tr("a clip of %1 takes %2").arg(toQString(model->name), aboutSeconds(cost.seconds));
            }
        } catch (const Error&) {
            // The button says why.
        }
    }
    QString words = parts.join(QStringLiteral(" · "));
    if (!device.note.empty()) {
        words += QLatin1Char('\n') + toQString(device.note);
    }
    steps.setMachine(words);
}

void FirstMinutes::clipMade() {
    const QString tips[] = {
        tr("Your first clip. Space plays it, Ctrl+E writes it in the shape that you need."),
        tr("C shows two clips side by side, with a divider to drag."),
        tr("Ctrl+K finds every action, clip, model and setting."),
    };
    const int seen = settings_.get(Setting::tips_seen).toInt();
    if (seen < static_cast<int>(std::size(tips))) {
        settings_.set(Setting::tips_seen, seen + 1);
        panels_.toast.say(tips[seen]);
    }
}

} // namespace rushes::ui
