// The service seen from the window: opened again at the start when it was left on, a word in the line at the
// window's foot while it is on, a message when something is not well.
#pragma once

#include <functional>
#include <set>
#include <string>

#include <QObject>

class QPushButton;
class QStatusBar;

namespace rushes::ui {

class BrowserService;
class Settings;
class StudioSession;
class Toast;

class ServiceNotice : public QObject {
    Q_OBJECT

public:
    ServiceNotice(
        BrowserService& service,
        StudioSession& session,
        const Settings& settings,
        QStatusBar& status,
        Toast& toast,
        std::function<void()> open_dialog
    );

private:
    void show();
    void tellAlerts();

    BrowserService& service_;
    Toast& toast_;
    const std::function<void()> open_dialog_;
    QPushButton* button_;
    std::set<std::string> told_; ///< alerts that hold on
    bool failure_told_ = false;
};

} // namespace rushes::ui
