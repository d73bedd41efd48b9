// The window never waits: while the engine floods it with steps, previews and frames, a 5 ms timer comes in
// time.
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "stage/stage_panel.h"
#include "work/lateness_watch.h"

namespace rushes::testing {
namespace {

class Responsive : public StudioFixture {};

TEST_F(Responsive, ATimerComesInTimeWhileTheEngineFloods) {
    models_[0].lattice.sizes = {{640, 384}}; // 0.7 MB a frame
    models_[0].default_frames = 241;
    models_[0].lattice.max_frames = 0;
    openStudio();
    ui::LatenessWatch watch;
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(QTest::qWaitFor([&] { return !window().session().running() && clips() == 1; }, 60'000));
    std::printf(
        "generating: worst event %.1f ms late, %.2f %% over 16 ms\n", watch.worst(), 100 * watch.share(16)
    );
    // A signal a frame costs seconds; the bound leaves room for a busy machine with two cores.
    EXPECT_LT(watch.worst(), 300);
    // The same while a clip is read from outside.
    std::filesystem::copy_file(newestFile(), folder_ / "outside.mp4");
    watch.restart();
    drop(folder_ / "outside.mp4");
    ASSERT_TRUE(until([&] {
        const auto& clip = window().stage().player().clip();
        return window().desk().shown() && window().desk().shown()->file == folder_ / "outside.mp4" &&
               clip->finalFrames() == 241;
    }));
    std::printf(
        "importing: worst event %.1f ms late, %.2f %% over 16 ms\n", watch.worst(), 100 * watch.share(16)
    );
    EXPECT_LT(watch.worst(), 300);
}

TEST_F(Responsive, ClosingWhileGeneratingKeepsTheClip) {
    openStudio();
    gate_.closeWhen([](const Progress& p) { return p.block == 4 && p.phase == Phase::denoising; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.clip() && player.clip()->finalFrames() == 9; }));
    closeStudio();
    gate_.open();
    openStudio();
    // What was there of it, and the whole one: it stayed in the queue.
    ASSERT_TRUE(until([&] { return clips() == 2 && !window().session().running(); }));
    EXPECT_EQ(window().session().shelf().model().item(1).record.state, ClipState::stopped);
    EXPECT_EQ(window().session().shelf().model().item(1).record.frames, 9);
    EXPECT_EQ(window().session().shelf().model().item(0).record.state, ClipState::finished);
}

TEST_F(Responsive, TheWindowIsThereBeforeTheEngine) {
    std::stop_source release;
    auto slow = parts();
    slow.make_engine = [&]() -> std::unique_ptr<Engine> {
        gate_.pass({}, release.get_token());
        return std::make_unique<FakeEngine>();
    };
    gate_.closeWhen([](const Progress&) { return true; });
    window_ = std::make_unique<ui::MainWindow>(std::move(slow));
    bool painted = false;
    QObject::connect(window_.get(), &ui::MainWindow::painted, window_.get(), [&] { painted = true; });
    window_->show();
    window_->session().start();
    EXPECT_TRUE(until([&] { return painted && !window().session().models().empty(); }));
    EXPECT_FALSE(window().session().engineReady());
    press(Qt::Key_Return, Qt::ControlModifier); // is queued until the engine is there
    EXPECT_EQ(window().session().queue().waiting(), 1);
    gate_.open();
    ASSERT_TRUE(generated(0));
}

} // namespace
} // namespace rushes::testing
