// The windows beside the window: command palette, shortcuts, settings, diagnostics. One of each at most.
#pragma once

#include "shell/command_palette.h"
#include "work/log.h"

#include <QMainWindow>
#include <QObject>

namespace rushes::ui {

class Actions;
class BrowserService;
class Desk;
class Settings;
class Toast;

class Dialogs : public QObject {
    Q_OBJECT

public:
    Dialogs(
        QMainWindow& window,
        Actions& actions,
        Settings& settings,
        Desk& desk,
        Toast& toast,
        BrowserService& service
    );

    void showService();

signals:
    void schemeChosen(const QString& name);
    void settingsChanged();

private:
    void showShortcuts();
    void showPreferences(const QString& search);
    std::vector<PaletteEntry> findable();
    void saveDiagnostics(Private what);
    /// Once after each fault.
    void tellOfCrash();
    /// Shows the one that is open, or what `make` makes.
    template <typename Dialog, typename Make>
    void showOne(Make&& make);

    QMainWindow& window_;
    Actions& actions_;
    Settings& settings_;
    Desk& desk_;
    Toast& toast_;
    BrowserService& service_;
};

} // namespace rushes::ui
