#include "controls/generate_button.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "shell/shortcut_editor.h"
#include "stage/stage_panel.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

namespace rushes::testing {
namespace {

class ShortcutStory : public StudioFixture {
protected:
    void openEditor() {
        press(Qt::Key_F1);
        editor_ = window().findChild<ui::ShortcutEditor*>(QStringLiteral("shortcut-list"));
        ASSERT_NE(editor_, nullptr);
        editor_->activateWindow();
        ASSERT_TRUE(until([&] { return editor_->isActiveWindow(); }));
    }

    ui::KeyField& field(const char* action) {
        auto* found = editor_->findChild<ui::KeyField*>(QStringLiteral("key-") + QLatin1String(action));
        EXPECT_NE(found, nullptr) << action;
        return *found;
    }

    void give(const char* action, Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::mouseClick(&field(action), Qt::LeftButton);
        EXPECT_TRUE(field(action).waiting());
        QTest::keyClick(&field(action), key, modifiers);
    }

    QPushButton& button(const QString& name) { return *editor_->findChild<QPushButton*>(name); }

    QString message() { return editor_->findChild<QLabel*>(QStringLiteral("key-message"))->text(); }

    std::string keys(ui::Command command) {
        return QKeySequence::listToString(window().actions()[command].shortcuts()).toStdString();
    }

    ui::ShortcutEditor* editor_ = nullptr;
};

TEST_F(ShortcutStory, ANewKeyHoldsAtOnceAndAfterARestart) {
    openStudio();
    openEditor();
    give("pause-queue", Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    shot(QStringLiteral("shortcuts"));
    editor_->close();
    window().activateWindow();
    ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    press(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_TRUE(window().actions()[ui::Command::pause_queue].isChecked());
    closeStudio();
    openStudio();
    EXPECT_EQ(keys(ui::Command::pause_queue), "Ctrl+Shift+P");
    const QAction& pause = window().actions()[ui::Command::pause_queue];
    ASSERT_TRUE(until([&] { return pause.isChecked(); })); // that lasts too
    press(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_FALSE(pause.isChecked());
}

TEST_F(ShortcutStory, AKeyThatIsTakenSaysWhoseItIs) {
    openStudio();
    openEditor();
    give("pause-queue", Qt::Key_E, Qt::ControlModifier);
    EXPECT_EQ(keys(ui::Command::export_clip), "Ctrl+E");
    EXPECT_EQ(keys(ui::Command::pause_queue), "");
    EXPECT_TRUE(message().contains(QStringLiteral("Export"))) << message().toStdString();
    QTest::mouseClick(&button(QStringLiteral("key-take-over")), Qt::LeftButton);
    EXPECT_EQ(keys(ui::Command::export_clip), "");
    EXPECT_EQ(keys(ui::Command::pause_queue), "Ctrl+E");
    EXPECT_FALSE(button(QStringLiteral("key-take-over")).isVisible());
    QTest::mouseClick(&button(QStringLiteral("reset-export-clip")), Qt::LeftButton);
    EXPECT_EQ(keys(ui::Command::export_clip), "Ctrl+E");
    EXPECT_EQ(keys(ui::Command::pause_queue), ""); // one key, one action
}

TEST_F(ShortcutStory, EscLeavesAKeyAndBackspaceTakesItAway) {
    openStudio();
    openEditor();
    give("export-clip", Qt::Key_Escape);
    EXPECT_TRUE(editor_->isVisible()); // Esc was for the field, not for the window
    EXPECT_EQ(keys(ui::Command::export_clip), "Ctrl+E");
    give("export-clip", Qt::Key_Backspace);
    EXPECT_EQ(keys(ui::Command::export_clip), "");
    EXPECT_TRUE(field("export-clip").accessibleName().contains(QStringLiteral("no key")));
    QTest::mouseClick(&button(QStringLiteral("keys-reset-all")), Qt::LeftButton);
    EXPECT_EQ(keys(ui::Command::export_clip), "Ctrl+E");
    EXPECT_TRUE(window().actions().changedKeys().isEmpty());
}

TEST_F(ShortcutStory, TheKeyboardAloneIsEnough) {
    openStudio();
    openEditor();
    ui::KeyField& export_key = field("export-clip");
    export_key.setFocus(Qt::TabFocusReason);
    QTest::keyClick(&export_key, Qt::Key_Return);
    EXPECT_TRUE(export_key.waiting());
    QTest::keyClick(&export_key, Qt::Key_Shift); // on the way to the key
    EXPECT_TRUE(export_key.waiting());
    QTest::keyClick(&export_key, Qt::Key_F5);
    EXPECT_EQ(keys(ui::Command::export_clip), "F5");
    QTest::keyClick(&export_key, Qt::Key_Return);
    QTest::keyClick(&export_key, Qt::Key_Tab); // no trap
    EXPECT_FALSE(export_key.waiting());
    EXPECT_FALSE(export_key.hasFocus());
}

TEST_F(ShortcutStory, WhatNamesAKeyNamesTheNewOne) {
    openStudio();
    auto* play = find<QWidget>("play");
    EXPECT_TRUE(play->toolTip().contains(QStringLiteral("Space"))) << play->toolTip().toStdString();
    openEditor();
    give("play-pause", Qt::Key_P);
    give("run-stop", Qt::Key_F8);
    EXPECT_TRUE(play->toolTip().contains(QStringLiteral("(P)"))) << play->toolTip().toStdString();
    EXPECT_TRUE(find<QPushButton>("stop")->text().contains(QStringLiteral("F8")));
}

TEST_F(ShortcutStory, ADamagedListOfKeysIsLeftOut) {
    openStudio();
    ui::Actions& actions = window().actions();
    actions.restoreKeys({
        QStringLiteral("no-such-action=Ctrl+E"),
        QStringLiteral("export-clip"),
        QString(),
        QStringLiteral("copy-settings=F9"),
    });
    EXPECT_EQ(keys(ui::Command::export_clip), "Ctrl+E");
    EXPECT_EQ(keys(ui::Command::copy_recipe), "F9");
}

TEST_F(ShortcutStory, OneKeyStaysOneActionWhenARememberedKeyBelongsToAnother) {
    openStudio();
    ui::Actions& actions = window().actions();
    actions.restoreKeys({QStringLiteral("copy-settings=Ctrl+E")}); // given away by a newer table
    EXPECT_EQ(keys(ui::Command::copy_recipe), "Ctrl+E");
    EXPECT_EQ(keys(ui::Command::export_clip), "");
    actions.resetAllKeys();
    // Two that changed places.
    actions.restoreKeys({QStringLiteral("random-seed=Ctrl+L"), QStringLiteral("focus-prompt=Ctrl+R")});
    EXPECT_EQ(keys(ui::Command::random_seed), "Ctrl+L");
    EXPECT_EQ(keys(ui::Command::focus_prompt), "Ctrl+R");
}

TEST_F(ShortcutStory, AHeldEnterIsNotTheNewKey) {
    openStudio();
    openEditor();
    ui::KeyField& key = field("pause-queue");
    key.setFocus(Qt::TabFocusReason);
    QTest::keyClick(&key, Qt::Key_Return);
    QKeyEvent again(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier, QString(), true);
    QCoreApplication::sendEvent(&key, &again);
    EXPECT_TRUE(key.waiting());
    QTest::keyClick(&key, Qt::Key_Super_L, Qt::MetaModifier); // on the way to the key
    EXPECT_TRUE(key.waiting());
    EXPECT_EQ(keys(ui::Command::pause_queue), "");
}

TEST_F(ShortcutStory, ATakenKeyIsOneEnterAway) {
    openStudio();
    openEditor();
    give("pause-queue", Qt::Key_E, Qt::ControlModifier);
    EXPECT_TRUE(button(QStringLiteral("key-take-over")).hasFocus());
    QTest::keyClick(&button(QStringLiteral("key-take-over")), Qt::Key_Space);
    EXPECT_EQ(keys(ui::Command::pause_queue), "Ctrl+E");
    EXPECT_TRUE(field("pause-queue").hasFocus());
}

TEST_F(ShortcutStory, EnterTakesTheKeyOver) {
    openStudio();
    openEditor();
    give("pause-queue", Qt::Key_E, Qt::ControlModifier);
    QTest::keyClick(&button(QStringLiteral("key-take-over")), Qt::Key_Return);
    EXPECT_EQ(keys(ui::Command::pause_queue), "Ctrl+E");
    EXPECT_EQ(keys(ui::Command::export_clip), "");
}

TEST_F(ShortcutStory, ASearchLeavesGroupsWithHits) {
    openStudio();
    openEditor();
    const auto headings = [this] {
        QStringList seen;
        for (const QLabel* label : editor_->findChildren<QLabel*>()) {
            if (label->property("role") == QLatin1String("title") && label->isVisible()) {
                seen << label->text();
            }
        }
        return seen.join(QLatin1Char(' ')).toStdString();
    };
    EXPECT_EQ(headings(), "File Edit Clip Queue View Help");
    EXPECT_EQ(
        editor_->findChild<QAbstractButton*>(QStringLiteral("keys-reset-all"))->text().toStdString(),
        "Reset all"
    );
    auto* search = editor_->findChild<QLineEdit*>(QStringLiteral("shortcut-search"));
    QTest::keyClicks(search, QStringLiteral("zoom"));
    EXPECT_EQ(headings(), "View");
    EXPECT_TRUE(field("zoom-in").isVisible());
    EXPECT_FALSE(field("export-clip").isVisible());
    search->clear();
    QTest::keyClicks(search, QStringLiteral("ctrl+e")); // by its key
    EXPECT_TRUE(field("export-clip").isVisible());
    EXPECT_FALSE(field("zoom-in").isVisible());
    QTest::keyClick(search, Qt::Key_Return); // presses nothing
    EXPECT_TRUE(editor_->isVisible());
}

TEST_F(ShortcutStory, TheListOpensOnce) {
    openStudio();
    openEditor();
    window().actions()[ui::Command::shortcuts].trigger();
    EXPECT_EQ(window().findChildren<ui::ShortcutEditor*>().size(), 1);
}

} // namespace
} // namespace rushes::testing
