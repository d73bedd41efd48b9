#include "shell/dialogs.h"

#include "base/error.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/desk.h"
#include "serve/service_dialog.h"
#include "session/settings.h"
#include "session/studio_session.h"
#include "shell/actions.h"
#include "shell/preferences.h"
#include "shell/shortcut_editor.h"
#include "work/crash_report.h"
#include "work/home_call.h"
#include "work/show_in_folder.h"

#include <QApplication>
#include <QScreen>
#include <QSysInfo>

namespace rushes::ui {

Dialogs::Dialogs(
    QMainWindow& window,
    Actions& actions,
    Settings& settings,
    Desk& desk,
    Toast& toast,
    BrowserService& service
)
    : QObject(&window),
      window_(window),
      actions_(actions),
      settings_(settings),
      desk_(desk),
      toast_(toast),
      service_(service) {
    actions_.on(Command::command_palette, [this] {
        (new CommandPalette(actions_.all(), findable(), &window_))->show(); // deletes itself
    });
    actions_.on(Command::shortcuts, [this] { showShortcuts(); });
    actions_.on(Command::preferences, [this] { showPreferences({}); });
    actions_.on(Command::serve, [this] { showService(); });
    actions_.on(Command::diagnostics, [this] { saveDiagnostics(Private::left_out); });
    actions_.on(Command::diagnostics_whole, [this] { saveDiagnostics(Private::included); });
    connect(&desk_.session().shelf(), &ClipShelf::loaded, this, &Dialogs::tellOfCrash);
    actions_.on(Command::about, [&toast] {
        toast.say(tr("Rushes %1 · a studio for local AI video · MIT licence")
                      .arg(QApplication::applicationVersion()));
    });
}

/// Clips by their prompts, models by their names, and the page of settings by what is on it.
std::vector<PaletteEntry> Dialogs::findable() {
    std::vector<PaletteEntry> entries;
    for (const ModelInfo& model : desk_.session().models()) {
        entries.push_back({toQString(model.name), tr("Model"), [this, id = model.id] {
                               desk_.chooseModel(id);
                           }});
    }
    const ClipStripModel& clips = desk_.session().shelf().model();
    for (int row = 0; row < clips.rowCount(); ++row) {
        const ClipItem& item = clips.item(row);
        if (!item.running) {
            entries.push_back({
                toQString(item.record.recipe.prompt).simplified(),
                tr("Clip"),
                [this, id = item.record.id] { desk_.chooseClip(id); },
            });
        }
    }
    for (const QString& words : Preferences::captions()) {
        entries.push_back({words, tr("Setting"), [this, words] { showPreferences(words); }});
    }
    return entries;
}

template <typename Dialog, typename Make>
void Dialogs::showOne(Make&& make) {
    auto* dialog = window_.findChild<Dialog*>();
    if (dialog == nullptr) {
        dialog = make();
        dialog->setAttribute(Qt::WA_DeleteOnClose);
    }
    dialog->show();
    dialog->activateWindow();
}

void Dialogs::tellOfCrash() {
    desk_.onDisk([this, logs = desk_.session().parts().logs] {
        const auto reports = crashReports(logs);
        if (reports.empty()) {
            return;
        }
        callHome(this, [this, last = toQString(reports.back().filename())] {
            if (settings_.get(Setting::crash_told).toString() == last) {
                return;
            }
            settings_.set(Setting::crash_told, last);
            toast_.say(
                tr("Rushes ended by a fault the last time. What is known of it stays on this machine."),
                tr("Save it for a report"),
                [this] { saveDiagnostics(Private::left_out); }
            );
        });
    });
}

/// One file beside the clips.
void Dialogs::saveDiagnostics(Private what) {
    const QString facts = QStringLiteral("Rushes %1\nQt %2\n%3\n%4\nplatform %5\nscreen %6x%7 at %8\n")
                              .arg(QApplication::applicationVersion(), QLatin1String(qVersion()))
                              .arg(QSysInfo::prettyProductName(), QSysInfo::kernelVersion())
                              .arg(QApplication::platformName())
                              .arg(window_.screen()->size().width())
                              .arg(window_.screen()->size().height())
                              .arg(window_.devicePixelRatioF());
    const auto target = desk_.session().videos() / "rushes-diagnostics.tar";
    desk_.onDisk([this, facts = toStd(facts), target, what, logs = desk_.session().parts().logs] {
        try {
            const auto file = writeDiagnostics(logs, target, facts, what);
            callHome(this, [this, file] {
                toast_.say(tr("Saved %1").arg(toQString(file.filename())), tr("Show in folder"), [file] {
                    showInFolder(toQString(file));
                });
            });
        } catch (const Error& error) {
            callHome(this, [this, words = QString::fromUtf8(error.what())] { toast_.say(words); });
        }
    });
}

void Dialogs::showShortcuts() {
    showOne<ShortcutEditor>([this] { return new ShortcutEditor(actions_, &window_); });
}

void Dialogs::showService() {
    showOne<ServiceDialog>([this] { return new ServiceDialog(service_, settings_, &window_); });
}

void Dialogs::showPreferences(const QString& search) {
    showOne<Preferences>([this] {
        auto* dialog = new Preferences(settings_, desk_.session().cards(), &window_);
        connect(dialog, &Preferences::schemeChosen, this, &Dialogs::schemeChosen);
        connect(dialog, &Preferences::changed, this, &Dialogs::settingsChanged);
        connect(dialog, &Preferences::keysWanted, this, &Dialogs::showShortcuts);
        connect(dialog, &Preferences::serviceWanted, this, &Dialogs::showService);
        connect(dialog, &Preferences::folderWanted, &desk_, &Desk::askForClipsFolder);
        return dialog;
    });
    if (!search.isEmpty()) {
        window_.findChild<Preferences*>()->search(search);
    }
}

} // namespace rushes::ui
