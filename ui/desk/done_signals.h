// Tells that a clip is ready to somebody who looks elsewhere: a message of the desktop, a sound, the progress
// in the task bar. Nothing of it waits.
#pragma once

#include <QObject>
#include <QString>

class QSoundEffect;
class QWidget;

namespace rushes::ui {

class Settings;
class StudioSession;

class DoneSignals : public QObject {
    Q_OBJECT

public:
    DoneSignals(StudioSession& session, const Settings& settings, QWidget& window, QObject* parent = nullptr);

private:
    void tell(const QString& title, const QString& text);
    void showProgress(double fraction); ///< < 0: none

    const Settings& settings_;
    QWidget& window_;
    int shown_percent_ = -1;
    QSoundEffect* sound_ = nullptr; ///< made when it is heard for the first time
};

} // namespace rushes::ui
