// The queue over a restart, a kill and a second window: nothing vanishes.
#include "base/atomic_file.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "jobs/unfinished.h"
#include "media/encoder.h"
#include "queue/queue_view.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include <QAbstractButton>
#include <QLabel>
#include <QSignalSpy>

namespace rushes::testing {
namespace {

class StoredQueueStory : public StudioFixture {
protected:
    std::unique_ptr<Engine> makeEngine() override {
        auto engine = std::make_unique<FakeEngine>(script_);
        engine_ = engine.get();
        return engine;
    }

    void generate(const char* prompt) {
        type(QLatin1String(prompt));
        press(Qt::Key_Return, Qt::ControlModifier);
    }

    std::string order() {
        std::string text;
        ui::QueueModel& queue = window().session().queue();
        for (int row = 0; row < queue.rowCount(); ++row) {
            text += queue.card(row).job.recipe.prompt + ' ';
        }
        return text;
    }

    QString toast() { return find<QLabel>("toast-text")->text(); }

    std::filesystem::path checkpoints() const { return folder_ / "state" / "checkpoints"; }

    /// Jobs that have something to go on from.
    int kept() const {
        std::error_code none;
        return static_cast<int>(std::distance(std::filesystem::directory_iterator(checkpoints(), none), {}));
    }

    /// Another process, which is killed after its work.
    static void killedAfter(const std::function<void()>& work) {
        const pid_t child = ::fork();
        if (child == 0) {
            work();
            ::raise(SIGKILL);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status));
    }

    static Recipe recipe(const char* prompt) {
        Recipe recipe;
        recipe.prompt = prompt;
        recipe.model = fake_causal_model().id;
        return recipe;
    }

    FakeEngine* engine_ = nullptr; ///< of the open studio
};

TEST_F(StoredQueueStory, WhatWaitsIsMadeAfterCtrlQAndANewStart) {
    openStudio();
    gate_.closeWhen([](const Progress& p) { return p.block == 2; });
    for (const char* prompt : {"a", "red", "ball"}) {
        generate(prompt);
    }
    ASSERT_TRUE(until([&] { return window().session().running() && order() == "a red ball "; }));
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.clip() && player.clip()->finalFrames() > 0; })
    ); // or there is nothing to keep
    press(Qt::Key_Q, Qt::ControlModifier);
    closeStudio();
    gate_.open();
    openStudio();
    // The one that ran is kept as far as it came, and begun anew; the others follow.
    ASSERT_TRUE(until([&] { return clips() == 4 && !window().session().running() && order().empty(); }));
    const ui::ClipStripModel& strip = window().session().shelf().model();
    EXPECT_EQ(strip.item(0).record.recipe.prompt, "ball");
    EXPECT_EQ(strip.item(1).record.recipe.prompt, "red");
    EXPECT_EQ(strip.item(2).record.recipe.prompt, "a");
    EXPECT_EQ(strip.item(2).record.state, ClipState::finished);
    EXPECT_EQ(strip.item(3).record.state, ClipState::stopped);
}

TEST_F(StoredQueueStory, AfterAKillTheQueueIsThereAndWaitsForAWord) {
    std::filesystem::create_directories(folder_ / "data");
    killedAfter([&] {
        JobQueue queue(folder_ / "data" / "queue.db");
        queue.add({"1", recipe("red")});
        queue.add({"2", recipe("ball")});
        queue.take();
        ::raise(SIGKILL); // no destructor runs
    });
    openStudio();
    ASSERT_TRUE(until([&] { return order() == "red ball "; }));
    ASSERT_TRUE(until([&] { return toast().contains(QStringLiteral("kept, and paused")); }));
    EXPECT_FALSE(window().session().running());
    EXPECT_TRUE(window().actions()[ui::Command::pause_queue].isChecked());
    const auto* queue = find<ui::QueueView>("queue");
    EXPECT_TRUE(queue->model()
                    ->index(0, 0)
                    .data(ui::QueueModel::state_role)
                    .toString()
                    .contains(QStringLiteral("begun, goes on")));
    shot(QStringLiteral("queue-after-kill"));
    click("toast-action"); // Resume queue
    ASSERT_TRUE(until([&] { return clips() == 2 && order().empty(); }));
    EXPECT_FALSE(window().actions()[ui::Command::pause_queue].isChecked());
}

TEST_F(StoredQueueStory, FramesOfAKilledRunAreInTheStrip) {
    const std::filesystem::path clip = folder_ / "videos" / "clip.mp4";
    killedAfter([&] {
        Pass pass;
        pass.width = 160;
        pass.height = 96;
        pass.frames = 33;
        const auto encoder = Encoder::open(clip, 160, 96, {12, 1}, {}, to_json(recipe("a red star")));
        const UnfinishedNote note(folder_ / "state" / "unfinished", clip, UnfinishedNote::Then::recover);
        for (int i = 0; i < 7; ++i) {
            encoder->write(fake_picture(pass, i));
        }
        ::raise(SIGKILL);
    });
    ASSERT_FALSE(std::filesystem::exists(clip));
    openStudio();
    ASSERT_TRUE(until([&] { return clips() == 1; }));
    const ClipRecord record = window().session().shelf().model().item(0).record;
    EXPECT_EQ(record.file, clip);
    EXPECT_EQ(record.frames, 7);
    EXPECT_EQ(record.state, ClipState::stopped);
    EXPECT_EQ(record.recipe.prompt, "a red star");
    EXPECT_TRUE(until([&] { return toast().contains(QStringLiteral("saved")); })) << toast().toStdString();
    closeStudio();
    openStudio();
    EXPECT_EQ(clips(), 1);
}

TEST_F(StoredQueueStory, TwoWindowsShareOneQueueAndOneLibrary) {
    openStudio();
    ui::MainWindow second(parts());
    second.show();
    second.session().start();
    ASSERT_TRUE(until([&] {
        return second.session().engineReady() && !second.session().models().empty() &&
               !second.session().ownsQueue();
    }));
    EXPECT_TRUE(window().session().ownsQueue());
    second.desk().generate();
    EXPECT_TRUE(second.findChild<QLabel*>(QStringLiteral("toast-text"))
                    ->text()
                    .contains(QStringLiteral("Another window")));
    const auto clipsOf = [](ui::MainWindow& of) { return of.session().shelf().model().clips(); };
    ASSERT_TRUE(until([&] { return clipsOf(window()) == 1 && clipsOf(second) == 1; }));
    // The clip's record and the end of its job come from two databases, each looked at in its own time.
    EXPECT_TRUE(until([&] { return second.session().queue().rowCount() == 0; }));
    closeStudio(); // the second one goes on alone
    ASSERT_TRUE(until([&] { return second.session().ownsQueue(); }));
    second.desk().generate();
    ASSERT_TRUE(until([&] { return clipsOf(second) == 2 && !second.session().running(); }));
    second.close();
}

TEST_F(StoredQueueStory, PauseNowKeepsTheJobAtItsPlace) {
    openStudio();
    gate_.closeWhen([](const Progress& p) { return p.block == 2; });
    generate("a");
    generate("red");
    ASSERT_TRUE(until([&] { return window().session().running() && kept() == 1; }));
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.clip() && player.clip()->finalFrames() > 0; })
    ); // or there is no clip
    window().session().pauseNow();
    ASSERT_TRUE(until([&] { return !window().session().running() && clips() == 1; })); // as far as it came
    EXPECT_EQ(order(), "a red ");
    gate_.open();
    window().actions()[ui::Command::pause_queue].trigger();
    ASSERT_TRUE(until([&] { return clips() == 3 && order().empty(); }));
}

TEST_F(StoredQueueStory, AClipThatIsMadeAheadYieldsToAPersonAndGoesOnLater) {
    openStudio();
    std::vector<std::pair<std::string, double>> ends; // prompt, what was restored
    QObject::connect(
        &window().session(),
        &ui::StudioSession::runEnded,
        &window(),
        [&](const ui::RunEnd& end) {
            ends.emplace_back(end.plan.recipe.prompt, report_of(end.result.outcome).restored);
        }
    );
    gate_.closeWhen([](const Progress& p) { return p.block == 2; });
    JobQueue(folder_ / "data" / "queue.db").add({new_warm_job_id(), recipe("ahead")}); // rushes warm
    ASSERT_TRUE(until([&] { return window().session().running() && kept() == 1; }));
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.clip() && player.clip()->finalFrames() > 0; }));
    generate("a red ball"); // the gate is closed: only a stop ends the run
    ASSERT_TRUE(until([&] { return ends.size() == 1; }));
    EXPECT_EQ(ends[0].first, "ahead");
    gate_.open();
    ASSERT_TRUE(until([&] { return clips() == 2 && order().empty() && !window().session().running(); }));
    ASSERT_EQ(ends.size(), 3U);
    EXPECT_EQ(ends[1].first, "a red ball");
    EXPECT_EQ(ends[2].first, "ahead");
    EXPECT_EQ(ends[2].second, 0.5);
    EXPECT_EQ(window().session().shelf().model().item(0).record.state, ClipState::finished);
    EXPECT_EQ(window().session().shelf().model().item(1).record.state, ClipState::finished);
    const std::filesystem::directory_iterator files(folder_ / "videos");
    EXPECT_EQ(std::distance(files, {}), 2); // half of it is nothing to keep
}

TEST_F(StoredQueueStory, WhatIsBegunGoesOnFromWhatWasComputed) {
    openStudio();
    std::vector<double> restored;
    QObject::connect(
        &window().session(),
        &ui::StudioSession::runEnded,
        &window(),
        [&](const ui::RunEnd& end) { restored.push_back(report_of(end.result.outcome).restored); }
    );
    gate_.closeWhen([](const Progress& p) { return p.block == 2; });
    generate("a");
    ASSERT_TRUE(until([&] { return window().session().running() && kept() == 1; }));
    window().session().pauseNow();
    ASSERT_TRUE(until([&] { return !window().session().running(); }));
    EXPECT_EQ(kept(), 1);
    gate_.open();
    window().actions()[ui::Command::pause_queue].trigger();
    ASSERT_TRUE(until([&] { return restored.size() == 2 && order().empty(); }));
    EXPECT_EQ(restored, (std::vector<double>{0, 0.5}));
    EXPECT_EQ(kept(), 0);
}

TEST_F(StoredQueueStory, AfterAKillTheJobGoesOnAndWhatNobodyNeedsIsSwept) {
    std::filesystem::create_directories(folder_ / "data");
    killedAfter([&] {
        JobQueue queue(folder_ / "data" / "queue.db");
        queue.add({"1", recipe("red")});
        queue.take();
        write_file(checkpoints() / "1" / "fake.checkpoint", "red");
        write_file(checkpoints() / "2" / "fake.checkpoint", "of a job that is gone");
        ::raise(SIGKILL);
    });
    openStudio();
    double restored = 0;
    QObject::connect(
        &window().session(),
        &ui::StudioSession::runEnded,
        &window(),
        [&](const ui::RunEnd& end) { restored = report_of(end.result.outcome).restored; }
    );
    ASSERT_TRUE(until([&] { return order() == "red " && kept() == 1; }));
    window().session().setPaused(false);
    ASSERT_TRUE(until([&] { return clips() == 1 && order().empty(); }));
    EXPECT_EQ(restored, 0.5);
    EXPECT_EQ(kept(), 0);
}

TEST_F(StoredQueueStory, AStoppedClipLeavesNothingToGoOnFrom) {
    openStudio();
    gate_.closeWhen([](const Progress& p) { return p.block == 2; });
    generate("a");
    ASSERT_TRUE(until([&] { return window().session().running() && kept() == 1; }));
    stopRun();
    gate_.open();
    ASSERT_TRUE(until([&] { return !window().session().running(); }));
    EXPECT_TRUE(until([&] { return kept() == 0; }));
}

TEST_F(StoredQueueStory, WhyACheckpointIsNotUsedIsSaid) {
    openStudio();
    emit window().session().noted(QStringLiteral("The run begins again."));
    EXPECT_EQ(toast(), QStringLiteral("The run begins again."));
}

TEST_F(StoredQueueStory, APassingErrorIsTriedAgain) {
    int attempts = 0;
    script_.at_step = [&](const Progress&, const std::stop_token&) {
        if (++attempts == 1) {
            throw Error(ErrorKind::transient, "The graphics card is busy.");
        }
    };
    openStudio();
    generate("a red ball");
    ASSERT_TRUE(until([&] { return toast().contains(QStringLiteral("tried again")); }));
    EXPECT_FALSE(find<QWidget>("error-card")->isVisible());
    ASSERT_TRUE(generated(0));
    EXPECT_TRUE(until([&] { return order() == ""; }));
}

TEST_F(StoredQueueStory, AFailedJobStaysUntilItIsTriedAgainOrRemoved) {
    bool broken = true;
    script_.at_step = [&](const Progress&, const std::stop_token&) {
        if (broken) {
            throw Error(ErrorKind::resource, "No memory.");
        }
    };
    openStudio();
    generate("red");
    generate("ball");
    ui::QueueModel& queue = window().session().queue();
    const auto failed = [&](int row) { return queue.index(row).data(ui::QueueModel::failed_role).toBool(); };
    ASSERT_TRUE(until([&] { return queue.rowCount() == 2 && failed(0) && failed(1); }));
    broken = false;
    const QString ball = queue.index(0).data(ui::QueueModel::id_role).toString(); // the latest first
    ASSERT_EQ(queue.card(0).job.recipe.prompt, "ball");
    window().session().retry(ball);
    ASSERT_TRUE(until([&] { return clips() == 1 && order() == "red "; }));
    auto& view = *find<ui::QueueView>("queue");
    view.setFocus();
    view.setCurrentIndex(queue.index(0));
    QTest::keyClick(&view, Qt::Key_Delete);
    EXPECT_EQ(order(), "");
    closeStudio();
    openStudio();
    EXPECT_EQ(order(), "");
}

TEST_F(StoredQueueStory, AClipThatIsStartedWhenAnotherEndsIsTheRunningOne) {
    openStudio();
    int ends = 0;
    QObject::connect(&window().session(), &ui::StudioSession::runEnded, &window(), [&] {
        EXPECT_FALSE(window().session().running());
        EXPECT_EQ(window().session().runningClip(), nullptr);
        if (++ends == 1) {
            window().session().generate(recipe("ball"));
        }
    });
    int starts = 0;
    QObject::connect(&window().session(), &ui::StudioSession::runStarted, &window(), [&] {
        ++starts;
        EXPECT_NE(window().session().runningClip(), nullptr);
    });
    generate("red");
    ASSERT_TRUE(until([&] { return clips() == 2 && !window().session().running(); }));
    EXPECT_EQ(starts, 2);
}

TEST_F(StoredQueueStory, AQueueOfANewerVersionIsLeftAlone) {
    std::filesystem::create_directories(folder_ / "data");
    {
        SQLite::Database newer(folder_ / "data" / "queue.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        newer.exec("PRAGMA user_version = 999");
    }
    openStudio();
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    generate("red"); // clips can be made all the same
    ASSERT_TRUE(generated(0));
}

/// One action frees the device, and nothing is lost.
TEST_F(StoredQueueStory, ThePersonTakesTheMemoryAndTheClipGoesOnLater) {
    openStudio();
    gate_.closeWhen([](const Progress& p) { return p.block == 2; });
    generate("ball");
    ASSERT_TRUE(until([&] { return window().session().running() && kept() == 1; }));
    QSignalSpy freed(&window().session(), &ui::StudioSession::deviceYielded);
    press(Qt::Key_Y, Qt::ControlModifier | Qt::ShiftModifier);
    ASSERT_TRUE(until([&] { return freed.count() == 1; }));
    EXPECT_EQ(engine_->releases(), 1);
    ASSERT_TRUE(until([&] { return !window().session().running() && order() == "ball "; }));
    EXPECT_EQ(kept(), 1) << "what it goes on from";
    EXPECT_TRUE(toast().contains(QStringLiteral("free for other programs"))) << toast().toStdString();
    // While the memory is somebody else's nothing is loaded.
    const int loads = engine_->preloads();
    window().session().warmUp(StudioFixture::recipe());
    QCoreApplication::processEvents();
    gate_.open();
    click("toast-action");
    ASSERT_TRUE(until([&] { return order().empty() && !window().session().running(); }));
    EXPECT_EQ(engine_->preloads(), loads);
    EXPECT_EQ(window().session().shelf().model().item(0).record.state, ClipState::finished);
}

} // namespace
} // namespace rushes::testing
