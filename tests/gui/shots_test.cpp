// Pictures of the window for people: every size and scheme, with its dialogs. Only when RUSHES_SHOTS names a
// folder.
#include "export/export_dialog.h"
#include "gui/studio_fixture.h"
#include "shell/preferences.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"
#include "theme/theme.h"

#include <QPushButton>

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
        press(Qt::Key_Comma, Qt::ControlModifier);
        grab(*window().findChild<ui::Preferences*>(), QStringLiteral("preferences-") + suffix);
        window().findChild<ui::Preferences*>()->close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        window().activateWindow();
    }
    gate_.open();
    ASSERT_TRUE(until([&] { return !window().session().running() && clips() == 5; }));
    ASSERT_TRUE(until([&] { return find<QPushButton>("export")->isEnabled(); }));
    for (const auto scheme : {ui::Scheme::dark, ui::Scheme::light}) {
        theme->setScheme(scheme);
        const QString suffix = scheme == ui::Scheme::dark ? QStringLiteral("dark") : QStringLiteral("light");
        ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
        press(Qt::Key_E, Qt::ControlModifier);
        auto* dialog = window().findChild<ui::ExportDialog*>();
        ASSERT_NE(dialog, nullptr);
        dialog->form().choosePreset(QStringLiteral("vertical"));
        grab(*dialog, QStringLiteral("export-") + suffix);
        dialog->close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        window().activateWindow();
    }
}

} // namespace
} // namespace rushes::testing
