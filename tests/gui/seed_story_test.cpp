// Seeds side by side: a first look at all, computing for those that were not dropped, a clip of the chosen
// one.
#include "base/error.h"
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "desk/input_desk.h"
#include "desk/seed_desk.h"
#include "desk/seed_page.h"
#include "gui/studio_fixture.h"
#include "stage/player.h"
#include "stage/stage_panel.h"

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <semaphore>

#include <QLabel>
#include <QListView>
#include <QPushButton>

namespace rushes::testing {
namespace {

class SeedStory : public StudioFixture {
protected:
    ui::SeedPage& openPage() {
        press(Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
        auto* page = window().findChild<ui::SeedPage*>();
        EXPECT_NE(page, nullptr);
        return *page;
    }

    ui::Sketches& sketches() { return window().desk().seeds().sketches(); }

    /// Takes of which something is kept on the disk.
    std::ptrdiff_t kept() const {
        const auto folder = folder_ / "state" / "checkpoints";
        std::error_code none;
        return std::distance(
            std::filesystem::directory_iterator(folder, none), std::filesystem::directory_iterator()
        );
    }

    bool allSeen() {
        return until([&] {
            for (int row = 0; row < sketches().rowCount(); ++row) {
                if (sketches().take(row).frames.empty()) {
                    return false;
                }
            }
            return true;
        });
    }
};

TEST_F(SeedStory, NineTakesOfTheSettingsAndTheChosenOneBecomesAClip) {
    openStudio();
    type(QStringLiteral("a red ball"));
    ui::SeedPage& page = openPage();
    ASSERT_EQ(sketches().rowCount(), 9);
    EXPECT_EQ(sketches().take(0).seed, recipe().seed); // what stands in the field is among them
    ASSERT_TRUE(allSeen());
    std::set<std::uint64_t> seeds;
    for (int row = 0; row < 9; ++row) {
        seeds.insert(sketches().take(row).seed);
    }
    EXPECT_EQ(seeds.size(), 9u);
    ASSERT_TRUE(until([&] { return sketches().done(); }));
    shot(QStringLiteral("seeds"));
    EXPECT_EQ(clips(), 0); // a look is no clip
    double restored = 0;
    QObject::connect(&window().session(), &ui::StudioSession::runEnded, [&](const ui::RunEnd& end) {
        restored = report_of(end.result.outcome).restored;
    });
    auto* takes = page.findChild<QListView*>(QStringLiteral("takes"));
    QTest::keyClick(takes, Qt::Key_5);
    const std::uint64_t seed = sketches().take(4).seed;
    QTest::keyClick(takes, Qt::Key_Return);
    ASSERT_TRUE(generated(0));
    const ClipRecord made = window().session().shelf().model().item(0).record;
    EXPECT_EQ(made.recipe.seed, seed);
    EXPECT_EQ(made.recipe.prompt, "a red ball");
    EXPECT_EQ(made.recipe.frames, recipe().frames); // all of it, in all steps
    EXPECT_EQ(made.recipe.steps, recipe().steps);
    EXPECT_GT(restored, 0); // of what was computed for the look
    EXPECT_TRUE(until([&] { return kept() == 0; })) << "what was computed of the others goes";
}

TEST_F(SeedStory, WhatPlaysOnTheStageStandsStillMeanwhile) {
    openStudio();
    make(QStringLiteral("a red ball"));
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.playing(); }));
    ui::SeedPage& page = openPage();
    EXPECT_FALSE(player.playing());
    page.close();
    EXPECT_TRUE(until([&] { return player.playing(); })) << "it does not go on";
}

TEST_F(SeedStory, ComputingGoesToThoseThatWereNotDropped) {
    models_ = {fake_full_model()}; // with a choice of steps: three rounds
    std::atomic<int> runs = 0;
    script_.at_step = [&](const Progress& progress, const std::stop_token& stop) {
        runs += progress.phase == Phase::denoising && progress.step == 1 ? 1 : 0;
        gate_.pass(progress, stop);
    };
    openStudio();
    type(QStringLiteral("a red ball"));
    gate_.closeWhen([&](const Progress&) { return runs > 9; }); // the second round has begun
    ui::SeedPage& page = openPage();
    ASSERT_TRUE(allSeen());
    auto* takes = page.findChild<QListView*>(QStringLiteral("takes"));
    ASSERT_TRUE(until([&] { return runs == 10; }));
    const auto go = [&](int row) { takes->setCurrentIndex(takes->model()->index(row, 0)); };
    for (int row = 0; row < 9; ++row) {
        if (row != 0 && row != 6) {
            go(row);
            QTest::keyClick(takes, Qt::Key_D);
        }
    }
    go(6);
    QTest::keyClick(takes, Qt::Key_K);
    EXPECT_TRUE(takes->model()
                    ->index(1, 0)
                    .data(Qt::AccessibleTextRole)
                    .toString()
                    .contains(QStringLiteral("dropped")));
    shot(QStringLiteral("seeds-dropped"));
    gate_.open();
    ASSERT_TRUE(until([&] { return sketches().done(); }));
    // Nine looks, then two more rounds of two.
    EXPECT_EQ(runs, 9 + 2 * 2);
    EXPECT_EQ(sketches().take(1).round, 1);
    EXPECT_EQ(sketches().take(6).round, 3);
    EXPECT_TRUE(sketches().take(6).decoded); // the clip itself
    EXPECT_FALSE(sketches().take(1).decoded);
}

TEST_F(SeedStory, DroppingTheOneThatIsDrawnEndsIt) {
    openStudio();
    type(QStringLiteral("a red ball"));
    gate_.closeWhen([](const Progress& progress) { return progress.phase == Phase::decoding; });
    ui::SeedPage& page = openPage();
    ASSERT_TRUE(until([&] { return sketches().take(0).drawing; }));
    QTest::keyClick(page.findChild<QListView*>(QStringLiteral("takes")), Qt::Key_D);
    // The engine still stands at the gate: only a stop gets it away from the first to the second.
    EXPECT_TRUE(until([&] { return sketches().take(1).drawing; }));
    EXPECT_EQ(sketches().take(0).round, 0);
    gate_.open();
    ASSERT_TRUE(until([&] { return sketches().done(); }));
    EXPECT_EQ(sketches().take(0).round, 0);
    page.close();
    EXPECT_TRUE(until([&] { return kept() == 0; }));
}

TEST_F(SeedStory, AClipOfTheQueueNeedNotWaitForAllOfThemAndClosingEndsThem) {
    openStudio();
    type(QStringLiteral("a red ball"));
    std::atomic<bool> hold = true;
    gate_.closeWhen([&](const Progress&) { return hold.load(); });
    ui::SeedPage& page = openPage();
    window().desk().generate();
    EXPECT_TRUE(until([&] { return window().session().running(); }));
    hold = false;
    gate_.open();
    ASSERT_TRUE(generated(0));
    page.close();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    EXPECT_EQ(window().findChild<ui::SeedPage*>(), nullptr);
    window().activateWindow();
    ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    make(QStringLiteral("a green star")); // the engine is free again
}

TEST_F(SeedStory, TakesBeginFromThePictureInTheWell) {
    ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
    models_[0].inputs = {{"image", true}};
    std::mutex mutex;
    std::vector<int> widths; // of each run's picture; 0: there was none
    script_.at_run = [&](const Plan&, const RunInputs& inputs) {
        const auto found = inputs.pictures.find("image");
        const std::lock_guard lock(mutex);
        widths.push_back(found == inputs.pictures.end() ? 0 : found->second.front()->width);
    };
    openStudio();
    QImage image(64, 48, QImage::Format_RGB888);
    image.fill(Qt::green);
    window().desk().inputs().takeImage("image", image);
    ASSERT_TRUE(until([&] { return recipe().inputs.size() == 1; }));
    ui::SeedPage& page = openPage();
    ASSERT_TRUE(until([&] { return sketches().done(); }));
    {
        const std::lock_guard lock(mutex);
        EXPECT_EQ(widths, std::vector<int>(9 * 2, 64)); // two rounds of nine
    }
    std::filesystem::remove(recipe().inputs[0].path);
    page.findChild<QPushButton*>(QStringLiteral("takes-others"))->click();
    auto* card = find<QWidget>("error-card");
    EXPECT_TRUE(until([&] { return card->isVisible(); })) << "the picture is gone";
    EXPECT_FALSE(page.isVisible());
    ::unsetenv("XDG_DATA_HOME");
}

TEST_F(SeedStory, ATakeIsTheWholeClipBegun) {
    std::mutex mutex;
    std::vector<Recipe> looks;
    script_.at_run = [&](const Plan& plan, const RunInputs&) {
        const std::lock_guard lock(mutex);
        looks.push_back(plan.recipe);
    };
    openStudio();
    Recipe turning = recipe();
    turning.prompt = "a red ball";
    turning.prompt_changes = {{20, "a green star"}};
    std::ofstream(folder_ / "turning.json") << to_json(turning);
    drop(folder_ / "turning.json");
    ASSERT_TRUE(until([&] { return recipe().prompt_changes.size() == 1; }));
    openPage();
    ASSERT_TRUE(until([&] { return sketches().done(); }));
    const std::lock_guard lock(mutex);
    ASSERT_EQ(looks.size(), 9U * 2);
    for (const Recipe& look : looks) {
        EXPECT_EQ(look.frames, recipe().frames); // else it would be another clip than the one that follows
        EXPECT_EQ(look.steps, recipe().steps);
        EXPECT_EQ(look.prompt_changes.size(), 1U);
    }
}

/// Has a last picture at hand when it was told to stop.
class LateEngine : public FakeEngine {
public:
    explicit LateEngine(std::binary_semaphore& begun) : begun_(begun) {}

    Outcome run(const Plan& plan, const RunInputs&, const RunSinks& sinks, std::stop_token stop) override {
        begun_.release();
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait(lock, stop, [] { return false; });
        const auto picture = std::make_shared<const Frame>(fake_picture(plan.passes[0], 0));
        sinks.preview({.pictures = {picture}});
        sinks.frame(picture, false);
        return StoppedEarly{};
    }

private:
    std::binary_semaphore& begun_;
};

class LateSeeds : public SeedStory {
protected:
    std::unique_ptr<Engine> makeEngine() override { return std::make_unique<LateEngine>(begun_); }

    std::binary_semaphore begun_{0};
};

TEST_F(LateSeeds, ClosingTheWindowLeavesNobodyWhoIsCalled) {
    openStudio();
    type(QStringLiteral("a red ball"));
    openPage();
    begun_.acquire();
    closeStudio();                     // ends the run, which calls its sinks now
    QCoreApplication::processEvents(); // and what it said comes home to nobody
    EXPECT_EQ(window_, nullptr);
}

class SeedsWithoutAnEngine : public SeedStory {
protected:
    std::unique_ptr<Engine> makeEngine() override {
        throw Error(ErrorKind::resource, "The module is missing.", "Install it.");
    }
};

TEST_F(SeedsWithoutAnEngine, SayWhyNothingIsDrawn) {
    window_ = std::make_unique<ui::MainWindow>(parts());
    window_->show();
    window_->session().start();
    ASSERT_TRUE(until([&] { return !window_->session().models().empty(); }));
    std::string said;
    QObject::connect(&sketches(), &ui::Sketches::failed, [&](const Error& error) { said = error.what(); });
    sketches().begin(recipe(), 9);
    EXPECT_TRUE(sketches().take(0).drawing);
    ASSERT_TRUE(until([&] { return !said.empty(); }));
    EXPECT_EQ(said, "The module is missing.");
    EXPECT_FALSE(sketches().take(0).drawing);
}

} // namespace
} // namespace rushes::testing
