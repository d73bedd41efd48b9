// What a failed clip offers, and what stays on the stage.
#include "base/atomic_file.h"
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "library/film_strip.h"
#include "stage/stage_panel.h"
#include "support/fake_cost.h"

#include <atomic>

#include <QFileDialog>
#include <QLabel>
#include <QPushButton>

namespace rushes::testing {
namespace {

namespace fs = std::filesystem;

class FailureStory : public StudioFixture {
protected:
    QString lever(int number) {
        const auto* button = window().findChild<QPushButton*>(QStringLiteral("error-lever-%1").arg(number));
        return button == nullptr ? QString() : button->text();
    }

    bool failed() {
        return until([&] { return !window().session().running() && find<QWidget>("error-card")->isVisible(); }
        );
    }
};

TEST_F(FailureStory, TooLittleMemoryOffersTheNextSettingsAndStartsNothing) {
    models_ = {fake_full_model()};
    // The denoiser's part of the memory is the largest.
    models_[0].cost = testing::FakeCost{.bytes_per_token = 100e3, .decode_bytes_per_pixel = 100};
    script_.error = Error(
        ErrorKind::resource, "There is not enough free memory.", "Make it smaller.", Lever::smaller_clip
    );
    openStudio();
    find<QPushButton>("resolution-720p")->click();
    type(QStringLiteral("a red ball"));
    ASSERT_EQ(recipe().width, 1280);
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(failed());
    EXPECT_EQ(lever(0).toStdString(), "Use 480p");
    EXPECT_EQ(lever(1).toStdString(), "Shorter: 3.1 s");
    EXPECT_EQ(lever(2).toStdString(), "Try again");
    shot(QStringLiteral("failure-memory"));
    type(QStringLiteral("a green star")); // written after the failure
    click("error-lever-0");
    EXPECT_EQ(recipe().width, 832);
    EXPECT_EQ(recipe().height, 480);
    EXPECT_EQ(recipe().frames, 81);
    EXPECT_EQ(recipe().prompt, "a green star");
    EXPECT_FALSE(find<QWidget>("error-card")->isVisible());
    EXPECT_FALSE(window().session().running());
    EXPECT_TRUE(find<QWidget>("generate")->hasFocus()); // one key away
    EXPECT_TRUE(find<QLabel>("toast-text")->text().contains(QStringLiteral("480p")));
    click("toast-action"); // Undo
    EXPECT_EQ(recipe().width, 1280);
}

TEST_F(FailureStory, AFailureOfAnotherModelBringsItsSettingsBackMadeSmaller) {
    script_.error = Error(ErrorKind::resource, "No memory.", {}, Lever::smaller_clip);
    openStudio();
    auto* panel = find<ui::RecipePanel>("recipe-panel");
    panel->chooseModel("fake-full");
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); // the other model's buttons
    find<QPushButton>("resolution-720p")->click();
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(failed());
    panel->chooseModel("fake-causal");
    click("error-lever-0");
    EXPECT_EQ(recipe().model, "fake-full");
    EXPECT_EQ(recipe().width, 832);
}

TEST_F(FailureStory, AFolderThatCannotBeWrittenToOffersAnotherOneForGood) {
    write_file(folder_ / "videos", "a file where the folder should be");
    openStudio();
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(failed());
    EXPECT_EQ(lever(0).toStdString(), "Choose another folder…");
    shot(QStringLiteral("failure-folder"));
    click("error-lever-0");
    delete find<QFileDialog>("folder-dialog"); // cancelled
    EXPECT_TRUE(find<QWidget>("error-card")->isVisible());
    const fs::path other = folder_ / "elsewhere";
    fs::create_directories(other);
    click("error-lever-0");
    chooseFolder(other);
    EXPECT_FALSE(find<QWidget>("error-card")->isVisible());
    EXPECT_FALSE(window().session().running()); // Generate is the person's
    make(QStringLiteral("a red ball"));
    EXPECT_EQ(newestFile().parent_path(), other);
    closeStudio();
    openStudio();
    make(QStringLiteral("a green ball"));
    EXPECT_EQ(newestFile().parent_path(), other);
}

TEST_F(FailureStory, ARunWithoutAPictureLeavesTheClipOfBeforeWithItsRecipe) {
    openStudio();
    make(QStringLiteral("a red ball"));
    ui::Player& player = window().stage().player();
    const auto before = player.clip();
    const QString words = find<QLabel>("phase-words")->text();
    ASSERT_TRUE(words.contains(QStringLiteral("a red ball"))) << words.toStdString();
    gate_.closeWhen([](const Progress& p) { return p.phase == Phase::text; });
    type(QStringLiteral("a green star"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    EXPECT_TRUE(find<QPushButton>("export")->isEnabled()); // of the clip that is still to be seen
    stopRun();
    ASSERT_TRUE(until([&] { return !window().session().running(); }));
    EXPECT_EQ(player.clip(), before);
    EXPECT_EQ(player.wanted(), before);
    EXPECT_EQ(find<QLabel>("phase-words")->text(), words);
    EXPECT_TRUE(find<QPushButton>("export")->isEnabled());
}

TEST_F(FailureStory, AFaultIsToldOnceAtTheNextStartAndCanBeSavedForAReport) {
    const std::string report = "Rushes 1\nended by SIGSEGV in /home/somebody/rushes\n";
    write_file(parts().logs / "crash-1700000000.txt", report);
    openStudio();
    const auto toast = [&] { return find<QLabel>("toast-text")->text(); };
    ASSERT_TRUE(until([&] { return toast().contains(QStringLiteral("fault")); }));
    click("toast-action");
    const auto archive = folder_ / "videos" / "rushes-diagnostics.tar";
    ASSERT_TRUE(until([&] { return std::filesystem::exists(archive); }));
    const std::string saved = read_file(archive);
    EXPECT_NE(saved.find("SIGSEGV"), std::string::npos);
    EXPECT_EQ(saved.find("somebody"), std::string::npos);
    closeStudio();
    openStudio();
    std::atomic<bool> looked = false; // after what the start left to do on the disk
    window().desk().onDisk([&] { looked = true; });
    ASSERT_TRUE(until([&] { return looked.load(); }));
    QCoreApplication::processEvents();
    EXPECT_FALSE(toast().contains(QStringLiteral("fault")));
}

TEST_F(FailureStory, TheClipOnTheStageStaysWhenItIsClickedBeforeTheNextHasAPicture) {
    openStudio();
    make(QStringLiteral("a red ball"));
    gate_.closeWhen([](const Progress& p) { return p.phase == Phase::text; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    auto* strip = find<ui::FilmStrip>("film-strip");
    const QRect card = strip->visualRect(strip->model()->index(1, 0)); // the running one is the first
    QTest::mouseClick(strip->viewport(), Qt::LeftButton, {}, card.center());
    gate_.open();
    ASSERT_TRUE(generated(1));
    EXPECT_TRUE(find<QLabel>("phase-words")->text().contains(QStringLiteral("a red ball")));
    EXPECT_NE(window().stage().player().wanted(), nullptr);
    EXPECT_EQ(window().stage().player().clip(), window().stage().player().wanted());
}

} // namespace
} // namespace rushes::testing
