// The window: assembles panels, docks, menus. What happens lives in Desk and StudioSession.
#pragma once

#include "session/settings.h"
#include "session/studio_session.h"
#include "shell/actions.h"
#include "stage/player.h"

#include <vector>

#include <QMainWindow>

class QDockWidget;
class QPushButton;

namespace rushes::ui {

class Desk;
class FilmStrip;
class ModelNotice;
class RecipePanel;
class SidePanel;
class StagePanel;
class StatusLine;
class Toast;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(StudioParts parts, Player::Now now = std::chrono::steady_clock::now);
    ~MainWindow() override;

    StudioSession& session() { return session_; }

    StagePanel& stage() { return *stage_; }

    Desk& desk() { return *desk_; }

    Actions& actions() { return actions_; }

signals:
    void painted(); ///< once: the first picture of the window is on the screen

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    QDockWidget* dock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area);
    void fitToScreen();
    void arrangeForWidth();
    void assemble();
    void makeMenus();
    void showKeys();
    void connectCommands();
    void arrangeDocks();
    void setArranging(bool arranging);
    void showStageAlone(bool alone);
    void chooseScheme(const QString& name);
    void applySettings();
    void openFiles();

    StudioSession session_;
    Settings settings_;
    Actions actions_;
    RecipePanel* recipe_;
    StagePanel* stage_;
    Toast* toast_ = nullptr;
    ModelNotice* notice_;
    FilmStrip* strip_;
    SidePanel* side_;
    StatusLine* status_;
    Desk* desk_ = nullptr;
    QPushButton* search_ = nullptr;
    std::vector<QDockWidget*> docks_;
    std::vector<QDockWidget*> hidden_for_stage_;
    QWidget* notice_foot_ = nullptr;
    bool side_hidden_by_width_ = false;
    int last_width_ = 0;
    bool first_paint_ = true;
};

} // namespace rushes::ui
