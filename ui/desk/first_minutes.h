// The first minutes: a line that says what this machine can do, prompts that run at once, and after each of
// the first clips one thing that can be done with it.
#pragma once

#include "desk/desk_panels.h"

#include <QObject>
#include <QString>

namespace rushes::ui {

class Settings;
class StudioSession;

class FirstMinutes : public QObject {
    Q_OBJECT

public:
    FirstMinutes(StudioSession& session, Settings& settings, DeskPanels panels, QObject* parent = nullptr);

    /// What the next tip says; to be called when a clip has ended well.
    void clipMade();

signals:
    void runWanted(const QString& prompt);

private:
    void showMachine();
    void showWhetherEmpty();

    StudioSession& session_;
    Settings& settings_;
    DeskPanels panels_;
};

} // namespace rushes::ui
