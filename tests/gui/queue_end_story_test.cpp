// What comes after the last clip, and what pauses the queue by itself.
#include "desk/desk.h"
#include "desk/queue_end.h"
#include "desk/status_line.h"
#include "gui/studio_fixture.h"
#include "session/settings.h"
#include "shell/preferences.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>

namespace rushes::testing {
namespace {

class QueueEndStory : public StudioFixture {
protected:
    /// The page of settings, for `action`; a second of the minute is a millisecond.
    void openWith(const char* action, int second_ms = 1) {
        openStudio();
        auto* end = window().findChild<ui::QueueEnd*>();
        ASSERT_NE(end, nullptr);
        end->setSecond(second_ms);
        end->setRun([this](const QString& program, const QStringList& arguments) {
            run_ = program + QLatin1Char(' ') + arguments.join(QLatin1Char(' '));
        });
        press(Qt::Key_Comma, Qt::ControlModifier);
        auto* page = window().findChild<ui::Preferences*>();
        auto* box = page->findChild<QComboBox*>(QStringLiteral("pref-when-done"));
        box->setCurrentIndex(box->findData(QLatin1String(action)));
        emit box->activated(box->currentIndex());
        auto* command = page->findChild<QLineEdit*>(QStringLiteral("pref-command"));
        command->clear();
        QTest::keyClicks(command, QStringLiteral("echo done"));
        page->close();
        window().activateWindow();
        ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    }

    QString toast() { return find<QLabel>("toast-text")->text(); }

    QString run_;
};

TEST_F(QueueEndStory, TheCommandRunsOnceAllIsMade) {
    openWith("command");
    gate_.closeWhen([](const Progress& p) { return p.block == 2; });
    for (const char* words : {"a red ball", "a green star"}) {
        type(QLatin1String(words));
        press(Qt::Key_Return, Qt::ControlModifier);
    }
    ASSERT_TRUE(until([&] { return window().session().queue().rowCount() == 2; }));
    gate_.open();
    ASSERT_TRUE(until([&] { return !run_.isEmpty(); }));
    EXPECT_EQ(run_.toStdString(), "/bin/sh -c echo done");
    EXPECT_EQ(window().session().queue().waiting(), 0);
    EXPECT_FALSE(window().session().running());
}

TEST_F(QueueEndStory, ShuttingDownIsForOnce) {
    openWith("shut_down");
    make(QStringLiteral("a red ball"));
    ASSERT_TRUE(until([&] { return run_ == QLatin1String("systemctl poweroff"); }));
    EXPECT_TRUE(toast().contains(QStringLiteral("shuts down in 1 s"))) << toast().toStdString();
    run_.clear();
    make(QStringLiteral("a green star"));
    press(Qt::Key_Comma, Qt::ControlModifier);
    auto* box = window().findChild<QComboBox*>(QStringLiteral("pref-when-done"));
    ASSERT_NE(box, nullptr);
    EXPECT_EQ(box->currentData().toString().toStdString(), "nothing");
    EXPECT_EQ(run_, QString());
}

TEST_F(QueueEndStory, TheMinuteCanBeStoppedAndEndsWithANewClip) {
    constexpr int never = 1'000'000;
    openWith("suspend", never);
    make(QStringLiteral("a red ball"));
    ASSERT_TRUE(until([&] { return toast().contains(QStringLiteral("sleep in 60 s")); }));
    auto* timer = window().findChild<ui::QueueEnd*>();
    ASSERT_TRUE(timer->counting());
    click("toast-action");
    EXPECT_FALSE(timer->counting());
    make(QStringLiteral("a green star"));
    ASSERT_TRUE(until([&] { return timer->counting(); }));
    window().desk().generate();
    EXPECT_TRUE(until([&] { return clips() == 3; }));
    EXPECT_EQ(run_, QString());
}

TEST_F(QueueEndStory, AClipThatWasStoppedByHandShutsNothingDown) {
    openWith("shut_down");
    gate_.closeWhen([](const Progress& p) { return p.block == 3; });
    type(QStringLiteral("a red ball"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    stopRun();
    ASSERT_TRUE(until([&] { return !window().session().running(); }));
    QCoreApplication::processEvents();
    EXPECT_FALSE(window().findChild<ui::QueueEnd*>()->counting());
}

TEST_F(QueueEndStory, ANearlyFullDiskPausesTheQueueOnce) {
    openStudio();
    auto* status = find<ui::StatusLine>("status");
    emit status->diskRead(100'000'000);
    EXPECT_FALSE(window().session().paused()); // there is nothing to lose
    gate_.closeWhen([](const Progress& p) { return p.block == 2; });
    for (const char* words : {"a red ball", "a green star"}) {
        type(QLatin1String(words));
        press(Qt::Key_Return, Qt::ControlModifier);
    }
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    emit status->diskRead(100'000'000);
    EXPECT_TRUE(window().session().paused());
    EXPECT_TRUE(toast().contains(QStringLiteral("0.1 GB"))) << toast().toStdString();
    click("toast-action"); // Resume queue: a person knows better
    emit status->diskRead(90'000'000);
    EXPECT_FALSE(window().session().paused());
    gate_.open();
    EXPECT_TRUE(until([&] { return clips() == 2; }));
}

} // namespace
} // namespace rushes::testing
