#include "controls/prompt_edit.h"
#include "gui/room_stops.h"
#include "gui/studio_fixture.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"

#include <set>

#include <QAbstractButton>
#include <QDialog>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenuBar>
#include <QPushButton>
#include <QScreen>

namespace rushes::testing {
namespace {

class KeyboardStory : public StudioFixture {};

TEST_F(KeyboardStory, PlaybackKeysWorkOnTheStageAndNotWhileTyping) {
    openStudio();
    type(QStringLiteral("a red ball"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(0));
    ui::Player& player = window().stage().player();
    QTest::keyClicks(find<ui::PromptEdit>("prompt"), QStringLiteral(" jkl"));
    EXPECT_TRUE(find<ui::PromptEdit>("prompt")->text().endsWith(QStringLiteral(" jkl")));
    EXPECT_TRUE(player.playing());
    press(Qt::Key_Escape); // nothing runs: leaves the prompt for the stage
    EXPECT_EQ(QApplication::focusWidget(), find<ui::StageView>("stage"));
    press(Qt::Key_Space);
    EXPECT_FALSE(player.playing());
    press(Qt::Key_Home);
    EXPECT_EQ(player.clock().index(), 0);
    press(Qt::Key_Right);
    press(Qt::Key_Right);
    EXPECT_EQ(player.clock().index(), 2);
    press(Qt::Key_I);
    press(Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(player.clock().index(), 12);
    press(Qt::Key_O);
    EXPECT_EQ(player.clock().in(), 2);
    EXPECT_EQ(player.clock().out(), 12);
    press(Qt::Key_X);
    EXPECT_FALSE(player.clock().in().has_value());
    press(Qt::Key_End);
    EXPECT_EQ(player.clock().index(), 32);
    press(Qt::Key_L);
    EXPECT_TRUE(player.playing());
    press(Qt::Key_K);
    EXPECT_FALSE(player.playing());
}

TEST_F(KeyboardStory, SpaceOnAFocusedButtonPressesIt) {
    openStudio();
    auto* button = find<QAbstractButton>("aspect-1x1");
    button->setFocus(Qt::TabFocusReason);
    press(Qt::Key_Space);
    EXPECT_TRUE(button->isChecked());
}

TEST_F(KeyboardStory, TabGoesDownTheSentence) {
    models_ = {fake_full_model()}; // every part of the sentence can be chosen
    openStudio();
    const QStringList sentence{
        QStringLiteral("prompt"),
        QStringLiteral("tier-fast"),
        QStringLiteral("model"),
        QStringLiteral("aspect-16x9"),
        QStringLiteral("duration"),
        QStringLiteral("steps"),
        QStringLiteral("seed"),
        QStringLiteral("advanced"),
        QStringLiteral("generate"),
    };
    find<ui::PromptEdit>("prompt")->setFocus();
    QStringList met{QStringLiteral("prompt")};
    for (int i = 0; i < 40 && met.back() != QLatin1String("generate"); ++i) {
        press(Qt::Key_Tab);
        met << QApplication::focusWidget()->objectName();
    }
    qsizetype last = -1;
    for (const QString& name : sentence) {
        const qsizetype at = met.indexOf(name);
        EXPECT_GT(at, last) << name.toStdString() << " in " << met.join(QLatin1Char(' ')).toStdString();
        last = at;
    }
}

TEST_F(KeyboardStory, EveryControlHasANameForScreenReadersAndTests) {
    openStudio();
    type(QStringLiteral("a red elephant"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(0));
    ASSERT_TRUE(until([&] { return find<QAbstractButton>("export")->isEnabled(); }));
    expectNames(window());
    // The windows beside it, too.
    for (const ui::Command command :
         {ui::Command::preferences,
          ui::Command::shortcuts,
          ui::Command::export_clip,
          ui::Command::command_palette}) {
        window().actions()[command].trigger();
    }
    int dialogs = 0;
    for (QDialog* dialog : window().findChildren<QDialog*>()) {
        expectNames(*dialog);
        ++dialogs;
    }
    EXPECT_GE(dialogs, 4);
}

TEST_F(KeyboardStory, TheFocusIsSeenWhereverItGoes) {
    openStudio();
    type(QStringLiteral("a red ball"));
    gate_.closeWhen([](const Progress& p) { return p.block == 3 && p.phase == Phase::denoising; });
    for (int i = 0; i < 2; ++i) { // one runs, one waits
        press(Qt::Key_Return, Qt::ControlModifier);
    }
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    window().stage().player().pause();
    find<QAbstractButton>("advanced")->click();
    QCoreApplication::processEvents();
    int stops = 0;
    for (QWidget* widget : window().findChildren<QWidget*>()) {
        if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisible() || !widget->isEnabled() ||
            qobject_cast<QMenuBar*>(widget) != nullptr) {
            continue;
        }
        QWidget* const around = widget->parentWidget();
        window().stage().view().setFocus();
        const QImage before = around->grab().toImage();
        widget->setFocus(Qt::TabFocusReason);
        if (QApplication::focusWidget() != widget && widget->focusProxy() == nullptr) {
            continue; // a container of others
        }
        EXPECT_NE(around->grab().toImage(), before)
            << widget->metaObject()->className() << ' ' << widget->objectName().toStdString();
        ++stops;
    }
    EXPECT_GT(stops, 25);
}

/// Generate, then the stage, the strip, what is at the right; and nothing that is not there.
TEST_F(KeyboardStory, TabLeavesTheSettingsForTheStageThenTheStripThenTheQueue) {
    openStudio();
    type(QStringLiteral("a red ball"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(0));
    ASSERT_TRUE(until([&] { return window().session().queue().rowCount() == 0; })); // or it is a stop
    find<QWidget>("generate")->setFocus();
    QStringList met;
    for (int i = 0; i < 20; ++i) {
        press(Qt::Key_Tab);
        const QWidget* at = QApplication::focusWidget();
        EXPECT_TRUE(at->isVisible()) << at->objectName().toStdString();
        met << at->objectName();
    }
    const std::string order = met.join(QLatin1Char(' ')).toStdString();
    const auto play = met.indexOf(QStringLiteral("play"));
    const auto strip = met.indexOf(QStringLiteral("film-strip"));
    const auto pause = met.indexOf(QStringLiteral("queue-pause"));
    EXPECT_GE(play, 0) << order;
    EXPECT_GT(strip, play) << order;
    EXPECT_GT(pause, strip) << order;
    EXPECT_FALSE(met.contains(QStringLiteral("queue"))) << "an empty queue is no stop: " << order;
}

TEST_F(KeyboardStory, EveryShortcutIsUnique) {
    openStudio();
    std::set<QString> keys;
    for (const QAction* action : window().actions().all()) {
        for (const QKeySequence& key : action->shortcuts()) {
            EXPECT_TRUE(keys.insert(key.toString()).second) << key.toString().toStdString();
        }
    }
    EXPECT_GT(keys.size(), 20u);
}

TEST_F(KeyboardStory, ThePaletteFindsAndRunsACommand) {
    openStudio();
    press(Qt::Key_K, Qt::ControlModifier);
    auto* search = find<QLineEdit>("palette-search");
    ASSERT_NE(search, nullptr);
    QTest::keyClicks(search, QStringLiteral("stage al"));
    EXPECT_EQ(find<QListWidget>("palette-list")->count(), 1);
    QTest::keyClick(search, Qt::Key_Return);
    EXPECT_TRUE(window().actions()[ui::Command::stage_alone].isChecked());
    EXPECT_FALSE(window().findChild<QDockWidget*>(QStringLiteral("dock-recipe"))->isVisible());
    window().actions()[ui::Command::stage_alone].trigger();
    EXPECT_TRUE(window().findChild<QDockWidget*>(QStringLiteral("dock-recipe"))->isVisible());
}

TEST_F(KeyboardStory, EscLeavesTheFullScreenFirstThenTheComparisonThenAskedOnceTheRun) {
    openStudio();
    type(QStringLiteral("a red ball"));
    gate_.closeWhen([](const Progress& p) { return p.block == 3 && p.phase == Phase::denoising; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.clip() && player.clip()->finalFrames() > 0; }));
    press(Qt::Key_F11);
    ASSERT_TRUE(window().actions()[ui::Command::stage_alone].isChecked());
    press(Qt::Key_Escape);
    EXPECT_FALSE(window().actions()[ui::Command::stage_alone].isChecked());
    EXPECT_TRUE(window().session().running());
    EXPECT_TRUE(find<QWidget>("toast")->isHidden());
    press(Qt::Key_Escape);
    EXPECT_TRUE(find<QLabel>("toast-text")->text().startsWith(QStringLiteral("Stop this clip?")));
    EXPECT_TRUE(window().session().running());
    press(Qt::Key_Escape);
    ASSERT_TRUE(generated(0));
    // Asked once and for all.
    gate_.closeWhen([](const Progress& p) { return p.block == 3 && p.phase == Phase::denoising; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return window().session().running() && player.clip()->growing(); }));
    press(Qt::Key_Escape);
    EXPECT_TRUE(until([&] { return !window().session().running(); }));
}

TEST_F(KeyboardStory, TheLayoutIsRememberedAndCanBeReset) {
    openStudio();
    window().findChild<QDockWidget*>(QStringLiteral("dock-side"))->hide();
    closeStudio();
    openStudio();
    auto* side = window().findChild<QDockWidget*>(QStringLiteral("dock-side"));
    EXPECT_TRUE(side->isHidden());
    window().actions()[ui::Command::reset_layout].trigger();
    EXPECT_FALSE(side->isHidden());
}

TEST_F(KeyboardStory, TheWindowFitsTheScreen) {
    window_ = std::make_unique<ui::MainWindow>(parts());
    const QSize room = window().screen()->availableGeometry().size();
    ASSERT_LT(room.width(), 1600); // or this shows nothing
    EXPECT_LE(window().width(), room.width());
    EXPECT_LE(window().height(), room.height());
    EXPECT_LE(window().minimumWidth(), room.width());
}

TEST_F(KeyboardStory, ANarrowWindowKeepsThePriceAndGetsItsPanelsBack) {
    openStudio();
    auto* side = window().findChild<QDockWidget*>(QStringLiteral("dock-side"));
    auto* recipe = window().findChild<QDockWidget*>(QStringLiteral("dock-recipe"));
    const int usual = recipe->width();
    window().resize(900, 640);
    QCoreApplication::processEvents();
    EXPECT_LE(window().width(), 900);
    EXPECT_FALSE(side->isVisible());
    EXPECT_TRUE(find<QWidget>("generate")->isVisible());
    shot(QStringLiteral("narrow"));
    window().resize(1600, 1000);
    QCoreApplication::processEvents();
    EXPECT_TRUE(side->isVisible());
    EXPECT_EQ(recipe->width(), usual);
}

/// 1366x768 at 200 % is little more.
TEST_F(KeyboardStory, OnAScreenOfHalfTheSizeTheBarsOfTheStageAreWhole) {
    openStudio();
    type(QStringLiteral("a red ball"));
    gate_.closeWhen([](const Progress& p) { return p.block == 4 && p.phase == Phase::denoising; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.clip() && player.clip()->finalFrames() > 0; }));
    window().setMinimumSize(640, 360); // as on such a screen
    for (const int width : {720, 792, 1000}) {
        window().resize(width, 480);
        ASSERT_EQ(window().width(), width);
        QCoreApplication::processEvents();
        for (const char* bar : {"progress-line", "transport"}) {
            int right = 0; // of the part before
            for (const QObject* child : find<QWidget>(bar)->children()) {
                const auto* part = qobject_cast<const QWidget*>(child);
                if (part == nullptr || !part->isVisible()) {
                    continue;
                }
                const std::string name = part->objectName().toStdString() + " at " + std::to_string(width);
                EXPECT_GE(part->width(), part->minimumSizeHint().width()) << name;
                EXPECT_GE(part->x(), right) << name << " lies over another";
                right = part->geometry().right();
                if (const auto* button = qobject_cast<const QPushButton*>(part)) {
                    EXPECT_GE(button->width(), button->sizeHint().width()) << name;
                }
            }
        }
    }
}

TEST_F(KeyboardStory, NothingIsCutAtTheSmallestSize) {
    openStudio();
    window().resize(1280, 720);
    QTest::qWait(50);
    EXPECT_LE(window().minimumSizeHint().width(), 1280);
    EXPECT_LE(window().minimumSizeHint().height(), 720);
    for (const QAbstractButton* button : window().findChildren<QAbstractButton*>()) {
        if (!button->isVisible() || button->text().isEmpty() || button->objectName().isEmpty()) {
            continue;
        }
        const int text = button->fontMetrics().horizontalAdvance(button->text().remove(QLatin1Char('&')));
        EXPECT_LE(text, button->width()) << button->objectName().toStdString();
    }
    shot(QStringLiteral("small"));
    window().resize(1000, 640);
    QTest::qWait(50);
    const QWidget* panel = find<QWidget>("recipe-panel");
    for (const QWidget* widget : panel->findChildren<QWidget*>()) {
        if (widget->isVisible() && !widget->objectName().isEmpty() && !widget->inherits("QScrollBar")) {
            const int right = widget->mapTo(panel, QPoint(widget->width(), 0)).x();
            EXPECT_LE(right, panel->width()) << widget->objectName().toStdString();
        }
    }
}

} // namespace
} // namespace rushes::testing
