// What happens when the last clip of the queue is made: a command, sleep, or the end of the computer's day. A
// minute goes by first, in which it can be stopped.
#pragma once

#include <functional>

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>

namespace rushes::ui {

class Settings;
class StudioSession;
class Toast;

class QueueEnd : public QObject {
    Q_OBJECT

public:
    using Run = std::function<void(const QString& program, const QStringList& arguments)>;

    QueueEnd(StudioSession& session, Settings& settings, Toast& toast, QObject* parent = nullptr);

    /// Starts programs; a test's own.
    void setRun(Run run) { run_ = std::move(run); }

    /// The minute has begun.
    bool counting() const { return timer_.isActive(); }

    /// How long a second is; a test's own.
    void setSecond(int milliseconds) { timer_.setInterval(milliseconds); }

private:
    void consider();
    void tick();
    void stop();
    void act();

    StudioSession& session_;
    Settings& settings_;
    Toast& toast_;
    Run run_;
    QTimer timer_;
    int seconds_ = 0;
};

} // namespace rushes::ui
