// Pictures of the window for people: every size and scheme, with its dialogs. Only when RUSHES_SHOTS names a
// folder.
#include "base/error.h"
#include "desk/seed_page.h"
#include "export/export_dialog.h"
#include "gui/studio_fixture.h"
#include "inputs/crop_dialog.h"
#include "library/library_page.h"
#include "serve/service_dialog.h"
#include "shell/command_palette.h"
#include "shell/preferences.h"
#include "shell/shortcut_editor.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"
#include "theme/theme.h"

#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>

namespace rushes::testing {
namespace {

class Shots : public StudioFixture {
protected:
    void grab(QWidget& widget, const QString& name) {
        QTest::qWait(150);
        widget.grab().save(
            qEnvironmentVariable("RUSHES_SHOTS") + QLatin1Char('/') + name + QStringLiteral(".png")
        );
    }

    template <typename Dialog>
    void grabDialog(ui::Command command, const QString& name) {
        ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
        window().actions()[command].trigger();
        auto* dialog = window().findChild<Dialog*>();
        ASSERT_NE(dialog, nullptr);
        grab(*dialog, name);
        dialog->close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        window().activateWindow();
    }

    void grabDialogs(const QString& suffix) {
        grabDialog<ui::ExportDialog>(ui::Command::export_clip, QStringLiteral("export-") + suffix);
        grabDialog<ui::Preferences>(ui::Command::preferences, QStringLiteral("preferences-") + suffix);
        grabDialog<ui::ShortcutEditor>(ui::Command::shortcuts, QStringLiteral("shortcuts-") + suffix);
        grabDialog<ui::CommandPalette>(ui::Command::command_palette, QStringLiteral("palette-") + suffix);
        grabDialog<ui::LibraryPage>(ui::Command::all_clips, QStringLiteral("library-") + suffix);
        grabDialog<ui::SeedPage>(ui::Command::try_seeds, QStringLiteral("seeds-") + suffix);
        grabDialog<ui::ServiceDialog>(ui::Command::serve, QStringLiteral("service-") + suffix);
        QImage picture(320, 200, QImage::Format_RGB888);
        picture.fill(QColor(90, 120, 150));
        ui::CropDialog crop(picture, 16.0 / 9);
        crop.show();
        grab(crop, QStringLiteral("crop-") + suffix);
        crop.close();
        window().activateWindow();
        grabDialog<QFileDialog>(ui::Command::open_recipe, QStringLiteral("file-dialog-") + suffix);
    }
};

TEST_F(Shots, EverySizeAndScheme) {
    if (qEnvironmentVariableIsEmpty("RUSHES_SHOTS")) {
        GTEST_SKIP() << "RUSHES_SHOTS names no folder for pictures";
    }
    ui::Theme* const theme = ui::Theme::instance();
    openStudio();
    for (const char* prompt : {"a red ball bounces over the sea", "a star spins in the night"}) {
        const int before = clips();
        type(QLatin1String(prompt));
        press(Qt::Key_Return, Qt::ControlModifier);
        ASSERT_TRUE(generated(before));
    }
    gate_.closeWhen([](const Progress& p) { return p.block == 4 && p.phase == Phase::denoising; });
    for (const char* prompt : {"a boat with an elephant", "a green cube", "a blue ring"}) {
        type(QLatin1String(prompt));
        press(Qt::Key_Return, Qt::ControlModifier);
    }
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.clip() && player.clip()->finalFrames() == 9; }));
    for (const auto scheme : {ui::Scheme::dark, ui::Scheme::light}) {
        theme->setScheme(scheme);
        const QString suffix = scheme == ui::Scheme::dark ? QStringLiteral("dark") : QStringLiteral("light");
        for (const QSize size :
             {QSize(720, 480), QSize(1000, 640), QSize(1366, 768), QSize(1600, 1000), QSize(2560, 1440)}) {
            window().resize(size);
            ASSERT_TRUE(until([&] { return window().stage().view().settled(); }));
            grab(
                window(), QStringLiteral("window-%1x%2-%3").arg(size.width()).arg(size.height()).arg(suffix)
            );
        }
        window().resize(1600, 1000);
    }
    gate_.open();
    ASSERT_TRUE(until([&] { return !window().session().running() && clips() == 5; }));
    ASSERT_TRUE(until([&] { return find<QPushButton>("export")->isEnabled(); }));
    for (const auto scheme : {ui::Scheme::dark, ui::Scheme::light}) {
        theme->setScheme(scheme);
        const QString suffix = scheme == ui::Scheme::dark ? QStringLiteral("dark") : QStringLiteral("light");
        grabDialogs(suffix);
        press(Qt::Key_F, Qt::ControlModifier);
        QTest::keyClicks(find<QLineEdit>("strip-search"), QStringLiteral("nothing like it"));
        ASSERT_TRUE(until([&] { return clips() == 0; }));
        grab(window(), QStringLiteral("search-empty-") + suffix);
        QTest::keyClick(find<QLineEdit>("strip-search"), Qt::Key_Escape);
        ASSERT_TRUE(until([&] { return clips() == 5; }));
        window().actions()[ui::Command::compare].trigger();
        ASSERT_TRUE(until([&] { return window().stage().view().settled(); }));
        grab(window(), QStringLiteral("compare-") + suffix);
        window().actions()[ui::Command::compare].trigger();
        window().stage().showError(
            Error(
                ErrorKind::resource,
                "This clip needs about 14.1 GB, and this machine has 12 GB.",
                "Make it smaller."
            ),
            {{QStringLiteral("Use 480p"), [] {}}, {QStringLiteral("Shorter: 3.1 s"), [] {}}}
        );
        grab(window(), QStringLiteral("error-") + suffix);
        window().stage().dismissError();
        find<QTabWidget>("side-tabs")->setCurrentIndex(1);
        find<QAbstractButton>("advanced")->click();
        grab(window(), QStringLiteral("inspector-advanced-") + suffix);
        find<QAbstractButton>("advanced")->click();
        find<QTabWidget>("side-tabs")->setCurrentIndex(2);
        theme->setHighContrast(true);
        grab(window(), QStringLiteral("contrast-models-") + suffix);
        theme->setHighContrast(false);
        find<QTabWidget>("side-tabs")->setCurrentIndex(0);
    }
}

TEST_F(Shots, WhatIsSeenFirst) {
    if (qEnvironmentVariableIsEmpty("RUSHES_SHOTS")) {
        GTEST_SKIP() << "RUSHES_SHOTS names no folder for pictures";
    }
    installed_models_ = true; // with what is built in
    script_.memory = 8'000'000'000;
    openStudio();
    for (const auto scheme : {ui::Scheme::dark, ui::Scheme::light}) {
        ui::Theme::instance()->setScheme(scheme);
        const QString suffix = scheme == ui::Scheme::dark ? QStringLiteral("dark") : QStringLiteral("light");
        for (const QSize size : {QSize(1000, 640), QSize(1366, 768), QSize(1600, 1000)}) {
            window().resize(size);
            grab(window(), QStringLiteral("first-%1x%2-%3").arg(size.width()).arg(size.height()).arg(suffix));
        }
        type(QStringLiteral("a red elephant dances over the sea"));
        grab(window(), QStringLiteral("unknown-words-") + suffix);
        type(QStringLiteral(" "));
        click("help-steps");
        for (QWidget* widget : QApplication::topLevelWidgets()) {
            if (widget->inherits("QWhatsThat")) {
                grab(*widget, QStringLiteral("help-") + suffix);
                widget->close();
            }
        }
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
}

} // namespace
} // namespace rushes::testing
