#include "desk/queue_end.h"

#include "controls/toast.h"
#include "generation/engine.h"
#include "session/settings.h"
#include "session/studio_session.h"

#include <variant>

#include <QProcess>

namespace rushes::ui {

namespace {

constexpr int seconds_to_stop = 60;

} // namespace

QueueEnd::QueueEnd(StudioSession& session, Settings& settings, Toast& toast, QObject* parent)
    : QObject(parent),
      session_(session),
      settings_(settings),
      toast_(toast),
      run_([](const QString& program, const QStringList& arguments) {
          QProcess::startDetached(program, arguments);
      }) {
    timer_.setInterval(1000);
    connect(&timer_, &QTimer::timeout, this, &QueueEnd::tick);
    connect(&session_, &StudioSession::runStarted, this, &QueueEnd::stop); // there is more to do
    connect(&session_, &StudioSession::runEnded, this, [this](const RunEnd& end) {
        // Who stops a clip is there; what failed for a passing reason comes again.
        if (!std::holds_alternative<StoppedEarly>(end.result.outcome) && !end.tries_again) {
            QTimer::singleShot(0, this, &QueueEnd::consider); // the next one may begin at once
        }
    });
}

void QueueEnd::consider() {
    const QString action = settings_.get(Setting::when_done).toString();
    const bool over = !session_.running() && !session_.paused() && session_.queue().waiting() == 0;
    if (over && action != QLatin1String("nothing")) {
        seconds_ = seconds_to_stop;
        timer_.start();
        tick();
    }
}

void QueueEnd::tick() {
    if (session_.queue().waiting() > 0) {
        stop();
        return;
    }
    if (seconds_ == 0) {
        timer_.stop();
        act();
        return;
    }
    const QString action = settings_.get(Setting::when_done).toString();
    const QString words =
        action == QLatin1String("suspend")     ? tr("All clips are made. The computer goes to sleep in %1 s.")
        : action == QLatin1String("shut_down") ? tr("All clips are made. The computer shuts down in %1 s.")
                                               : tr("All clips are made. Your command runs in %1 s.");
    toast_.say(words.arg(seconds_), tr("Stop it"), [this] { stop(); });
    --seconds_;
}

void QueueEnd::stop() {
    timer_.stop();
}

void QueueEnd::act() {
    const QString action = settings_.get(Setting::when_done).toString();
    if (action == QLatin1String("command")) {
        const QString command = settings_.get(Setting::when_done_command).toString();
        if (!command.trimmed().isEmpty()) {
            run_(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), command});
        }
        return;
    }
    settings_.set(Setting::when_done, QStringLiteral("nothing")); // for this night, not for every one
    const bool sleep = action == QLatin1String("suspend");
    run_(QStringLiteral("systemctl"), {sleep ? QStringLiteral("suspend") : QStringLiteral("poweroff")});
}

} // namespace rushes::ui
