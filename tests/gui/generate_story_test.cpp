#include "base/error.h"
#include "controls/generate_button.h"
#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "library/film_strip.h"
#include "media/clip_reader.h"
#include "queue/facts_view.h"
#include "queue/queue_view.h"
#include "stage/error_card.h"
#include "stage/progress_line.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>

namespace rushes::testing {
namespace {

using ui::PictureKind;

class GenerateStory : public StudioFixture {};

TEST_F(GenerateStory, FromAPromptToAClip) {
    openStudio();
    EXPECT_TRUE(find<QWidget>("example-0")->isVisible());
    shot(QStringLiteral("first-start"));
    type(QStringLiteral("a red ball bounces over the sea"));
    EXPECT_TRUE(find<QWidget>("examples")->isVisible()); // they stay: nothing moves
    EXPECT_TRUE(until([&] { return !find<ui::GenerateButton>("generate")->price().isEmpty(); }));
    shot(QStringLiteral("before"));

    // The first estimate is seen while nothing is decoded yet.
    gate_.closeWhen([](const Progress& p) { return p.phase == Phase::denoising && p.step == 2; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.shownKind() == PictureKind::preview && !player.picture().isNull(); }
    ));
    EXPECT_EQ(find<QLabel>("phase-words")->text().toStdString(), "Block 1 of 9");
    EXPECT_TRUE(find<QWidget>("stop")->isVisible());
    EXPECT_EQ(find<ui::GenerateButton>("generate")->text().toStdString(), "Queue");
    // The stage has the clip's shape from the first moment, whatever the preview's size.
    const QRect place = find<ui::StageView>("stage")->pictureRect();
    EXPECT_NEAR(static_cast<double>(place.width()) / place.height(), 160.0 / 96, 0.01);

    // Frames come, and it plays while the rest is still being made.
    gate_.moveTo([](const Progress& p) { return p.block == 5 && p.phase == Phase::denoising; });
    ASSERT_TRUE(until([&] { return player.clip()->finalFrames() == 13; }));
    EXPECT_TRUE(window().session().running());
    EXPECT_TRUE(until([&] { return player.playing() && player.shownKind() == PictureKind::final_frame; }));
    gate_.open();
    ASSERT_TRUE(generated(0));
    EXPECT_EQ(player.shownKind(), PictureKind::final_frame);
    EXPECT_EQ(player.picture().size(), QSize(160, 96));
    EXPECT_TRUE(player.playing());
    EXPECT_FALSE(find<ui::ProgressLine>("progress-line")->busy());
    EXPECT_EQ(find<ui::GenerateButton>("generate")->text().toStdString(), "Generate");
    EXPECT_TRUE(find<QPushButton>("export")->isEnabled());
    EXPECT_NE(find<ui::FactsView>("run-facts")->value(QStringLiteral("First frame")).toStdString(), "–");
    shot(QStringLiteral("after"));

    const ClipReader reader(newestFile());
    EXPECT_EQ(reader.facts().frames, 33);
    EXPECT_EQ(reader.facts().width, 160);
}

TEST_F(GenerateStory, StopKeepsWhatExists) {
    openStudio();
    type(QStringLiteral("a star spins"));
    gate_.closeWhen([](const Progress& p) { return p.block == 4 && p.phase == Phase::denoising; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.clip() && player.clip()->finalFrames() == 9; }));
    shot(QStringLiteral("during"));
    stopRun();
    ASSERT_TRUE(generated(0));
    const auto& record = window().session().shelf().model().item(0).record;
    EXPECT_EQ(record.state, ClipState::stopped);
    EXPECT_EQ(record.frames, 9);
    EXPECT_EQ(ClipReader(record.file).facts().frames, 9);
    EXPECT_EQ(player.clip()->shape().frames, 9);
    EXPECT_FALSE(find<QWidget>("error-card")->isVisible()); // stopping is no failure
    EXPECT_EQ(window().session().shelf().model().index(0).data().toString().toStdString(), "stopped 0.8 s");
}

TEST_F(GenerateStory, StoppedBeforeTheFirstFrameLeavesNoClipAndSaysSo) {
    openStudio();
    gate_.closeWhen([](const Progress& p) { return p.phase == Phase::text; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    const auto* const stage = find<ui::StageView>("stage");
    EXPECT_EQ(stage->hint().toStdString(), "The clip is being made");
    stopRun();
    ASSERT_TRUE(until([&] { return !window().session().running(); }));
    EXPECT_EQ(clips(), 0);
    EXPECT_EQ(stage->hint().toStdString(), "Describe a clip and press Generate");
    EXPECT_TRUE(find<QLabel>("toast-text")->text().contains(QStringLiteral("before the first frame")));
}

TEST_F(GenerateStory, AFailureIsACardWithTheLeverAndCopiesWithOneClick) {
    script_.error =
        Error(ErrorKind::resource, "The clip needs 14.1 GB and 12 GB are free.", "Choose a smaller size.");
    script_.error_after_frames = 6;
    script_.error_phase = Phase::decoding;
    openStudio();
    type(QStringLiteral("a red ball"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    shot(QStringLiteral("error"));
    EXPECT_EQ(
        find<QLabel>("error-message")->text().toStdString(), "The clip needs 14.1 GB and 12 GB are free."
    );
    EXPECT_TRUE(find<QLabel>("error-hint")->isVisible());
    EXPECT_EQ(find<QPushButton>("error-lever-0")->text().toStdString(), "Try again");
    click("error-copy");
    const QString copied = QGuiApplication::clipboard()->text();
    EXPECT_TRUE(copied.contains(QStringLiteral("14.1 GB"))) << copied.toStdString();
    EXPECT_TRUE(copied.contains(QStringLiteral("Choose a smaller size."))) << copied.toStdString();
    EXPECT_TRUE(copied.contains(QStringLiteral("seed"))) << copied.toStdString();
    ASSERT_TRUE(until([&] { return clips() == 1; })); // what existed is kept
    click("error-dismiss");
    EXPECT_FALSE(find<QWidget>("error-card")->isVisible());
    EXPECT_TRUE(find<QWidget>("progress-line")->isVisible());
}

TEST_F(GenerateStory, AnEngineThatDoesNotStartCanBeTriedAgain) {
    int attempts = 0;
    auto broken = parts();
    broken.make_engine = [&]() -> std::unique_ptr<Engine> {
        if (++attempts == 1) {
            throw Error(ErrorKind::resource, "librushes_engine.so is missing.", "Install Rushes again.");
        }
        return std::make_unique<FakeEngine>();
    };
    window_ = std::make_unique<ui::MainWindow>(std::move(broken));
    window_->show();
    window_->session().start();
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    press(Qt::Key_Return, Qt::ControlModifier); // waits for the engine
    click("error-lever-0");
    ASSERT_TRUE(until([&] { return window().session().engineReady(); }));
    EXPECT_EQ(attempts, 2);
}

TEST_F(GenerateStory, GenerateWhileRunningQueues) {
    openStudio();
    type(QStringLiteral("a red ball"));
    gate_.closeWhen([](const Progress& p) { return p.block == 2; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    type(QStringLiteral("a green star"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ui::QueueModel& queue = window().session().queue();
    ASSERT_EQ(queue.rowCount(), 2);
    EXPECT_EQ(
        queue.card(0).job.recipe.prompt, "a red ball"
    ); // changing a control never touches a running job
    EXPECT_EQ(queue.card(1).job.recipe.prompt, "a green star");
    shot(QStringLiteral("queue"));
    gate_.open();
    ASSERT_TRUE(until([&] { return !window().session().running() && clips() == 2; }));
    EXPECT_EQ(window().session().shelf().model().item(0).record.recipe.prompt, "a green star");
}

TEST_F(GenerateStory, ThePausedQueueWaits) {
    openStudio();
    window().actions()[ui::Command::pause_queue].trigger();
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_FALSE(window().session().running());
    EXPECT_EQ(window().session().queue().waiting(), 1);
    window().actions()[ui::Command::pause_queue].trigger();
    ASSERT_TRUE(generated(0));
}

TEST_F(GenerateStory, TheSeedInTheFieldIsTheOneThatIsUsed) {
    openStudio();
    const auto used = [&] { return window().session().shelf().model().item(0).record.recipe.seed; };
    auto* field = find<QLineEdit>("seed");
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, QStringLiteral("42"));
    press(Qt::Key_Return, Qt::ControlModifier); // still in the field
    ASSERT_TRUE(generated(0));
    EXPECT_EQ(used(), 42u);
    // "New seed each time" is on: another one stands there, and is used in its turn.
    const auto next = find<ui::RecipePanel>("recipe-panel")->recipe().seed;
    EXPECT_NE(next, 42u);
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(1));
    EXPECT_EQ(used(), next);
    click("seed-new");
    const auto kept = find<ui::RecipePanel>("recipe-panel")->recipe().seed;
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(2));
    EXPECT_EQ(used(), kept);
    EXPECT_EQ(find<ui::RecipePanel>("recipe-panel")->recipe().seed, kept);
}

TEST_F(GenerateStory, ADraftIsSeenFirstWhereTheModelGainsFromOne) {
    models_ = {fake_full_model()};
    openStudio();
    gate_.closeWhen([](const Progress& p) { return !p.draft && p.phase == Phase::denoising; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ui::Player& player = window().stage().player();
    EXPECT_TRUE(until([&] { return player.shownKind() == PictureKind::draft; }));
    EXPECT_TRUE(player.playing());
    const QRect place = find<ui::StageView>("stage")->pictureRect(); // the final's shape, not the draft's
    EXPECT_NEAR(static_cast<double>(place.width()) / place.height(), 832.0 / 480, 0.01);
    shot(QStringLiteral("draft"));
    stopRun();
    EXPECT_TRUE(until([&] { return !window().session().running(); }));
    EXPECT_EQ(player.clip(), nullptr); // of a clip that does not exist
}

/// What is marked in the strip is what is on the stage.
TEST_F(GenerateStory, ADraftGoesWithItsRunWhenThatIsStoppedBeforeItsFirstFrame) {
    models_ = {fake_full_model()};
    openStudio();
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(0));
    const auto older = newestFile();
    ui::Player& player = window().stage().player();
    for (const bool gone : {false, true}) {
        gate_.closeWhen([](const Progress& p) { return !p.draft && p.phase == Phase::denoising; });
        press(Qt::Key_Return, Qt::ControlModifier);
        ASSERT_TRUE(until([&] { return player.shownKind() == PictureKind::draft; }));
        EXPECT_FALSE(window().desk().shown());
        if (gone) { // its file, meanwhile: then the stage is empty
            std::filesystem::remove(older);
        }
        stopRun();
        ASSERT_TRUE(until([&] { return !window().session().running(); }));
        ASSERT_TRUE(until([&] { return player.shownKind() != PictureKind::draft; }));
        EXPECT_EQ(clips(), 1);
        if (gone) {
            EXPECT_EQ(player.clip(), nullptr);
            EXPECT_FALSE(window().desk().shown());
        } else {
            ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
            EXPECT_EQ(window().desk().shown()->file, older);
            EXPECT_EQ(player.shownKind(), PictureKind::final_frame);
            EXPECT_EQ(find<ui::FilmStrip>("film-strip")->currentIndex().row(), 0);
        }
    }
}

TEST_F(GenerateStory, AlternativesAreAClipEach) {
    openStudio();
    type(QStringLiteral("a {red|blue} ball"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return clips() == 2 && !window().session().running(); }));
    const auto& clip = [&](int row) { return window().session().shelf().model().item(row).record.recipe; };
    EXPECT_EQ(clip(1).prompt, "a red ball");
    EXPECT_EQ(clip(0).prompt, "a blue ball");
    EXPECT_EQ(clip(0).seed, clip(1).seed) << "they differ by more than the words";
    EXPECT_EQ(recipe().prompt, "a {red|blue} ball") << "the text goes on to be written";
}

TEST_F(GenerateStory, TooManyAlternativesMakeNone) {
    openStudio();
    QString text;
    for (int i = 0; i < 7; ++i) {
        text += QStringLiteral("{0|1}");
    }
    type(text);
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_FALSE(window().session().running());
    EXPECT_EQ(find<ui::QueueView>("queue")->model()->rowCount(), 0);
    EXPECT_EQ(recipe().prompt, text.toStdString());
}

} // namespace
} // namespace rushes::testing
