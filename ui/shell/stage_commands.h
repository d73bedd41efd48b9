// Commands that act on the picture of the stage: playback, zoom, frames, comparison, and its context menu.
#pragma once

#include <QObject>

namespace rushes::ui {

class Actions;
class Desk;
class Settings;
class StagePanel;

class StageCommands : public QObject {
    Q_OBJECT

public:
    StageCommands(
        Actions& actions, StagePanel& stage, Desk& desk, Settings& settings, QObject* parent = nullptr
    );

private:
    void connectPlayback();
    void connectComparison(Settings& settings);
    void connectCompareModes(Settings& settings);
    void connectPicture(Settings& settings);
    void showMenu(const QPoint& global);

    Actions& actions_;
    StagePanel& stage_;
    Desk& desk_;
};

} // namespace rushes::ui
