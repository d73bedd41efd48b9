// A look while somebody writes: only when it is wanted and nothing else is computed, and the clip goes on
// from it.
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "desk/idle_look.h"
#include "desk/seed_desk.h"
#include "desk/seed_page.h"
#include "gui/studio_fixture.h"

#include <atomic>

#include <QCheckBox>
#include <QLabel>
#include <QTimer>

namespace rushes::testing {
namespace {

class IdleLookStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        script_.at_step = [this](const Progress& progress, const std::stop_token& stop) {
            runs_ += progress.phase == Phase::denoising && progress.step == 1 ? 1 : 0;
            gate_.pass(progress, stop);
        };
    }

    void wantIt() {
        press(Qt::Key_Comma, Qt::ControlModifier);
        auto* box = window().findChild<QCheckBox*>(QStringLiteral("pref-look"));
        ASSERT_NE(box, nullptr);
        box->click();
        box->window()->close();
        window().activateWindow();
        ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    }

    bool seen() {
        return until([&] { return !find<QLabel>("idle-look-picture")->pixmap().isNull(); });
    }

    /// The pause after which it is drawn is over.
    void stopWriting() {
        auto* pause = find<QTimer>("idle-look-pause");
        ASSERT_TRUE(pause->isActive());
        pause->setInterval(0);
        EXPECT_TRUE(until([&] { return !pause->isActive(); }));
        pause->setInterval(1000);
    }

    std::string words() { return find<QLabel>("idle-look-words")->text().toStdString(); }

    std::atomic<int> runs_ = 0;
};

TEST_F(IdleLookStory, ComesWhenWritingStopsAndTheClipGoesOnFromIt) {
    openStudio();
    wantIt();
    type(QStringLiteral("a red ball"));
    EXPECT_EQ(words(), "A first look appears here when you stop writing.");
    stopWriting();
    ASSERT_TRUE(seen());
    ASSERT_TRUE(until([&] { return words() == "A first look. Generate goes on from it."; }));
    shot(QStringLiteral("idle-look"));
    EXPECT_EQ(clips(), 0) << "a look is no clip";
    double restored = 0;
    QObject::connect(&window().session(), &ui::StudioSession::runEnded, [&](const ui::RunEnd& end) {
        restored = report_of(end.result.outcome).restored;
    });
    const std::uint64_t seed = recipe().seed;
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return words() == "The next first look waits for the clip."; }));
    ASSERT_TRUE(generated(0));
    EXPECT_EQ(window().session().shelf().model().item(0).record.recipe.seed, seed);
    EXPECT_GT(restored, 0) << "the clip began anew";
}

TEST_F(IdleLookStory, NothingIsDrawnUnlessItIsWanted) {
    openStudio();
    type(QStringLiteral("a red ball"));
    EXPECT_FALSE(find<QWidget>("idle-look")->isVisible());
    EXPECT_FALSE(find<QTimer>("idle-look-pause")->isActive());
    wantIt();
    EXPECT_TRUE(find<QWidget>("idle-look")->isVisible());
    EXPECT_TRUE(find<QTimer>("idle-look-pause")->isActive());
    type(QString());
    press(Qt::Key_Delete);
    stopWriting();
    EXPECT_EQ(runs_, 0) << "there is nothing to look at";
}

TEST_F(IdleLookStory, AnotherPromptTakesItsPlace) {
    models_ = {fake_full_model()}; // one that begins its first step once
    openStudio();
    wantIt();
    gate_.closeWhen([](const Progress& p) { return p.phase == Phase::denoising && p.step == 1; });
    type(QStringLiteral("a red ball"));
    stopWriting();
    ASSERT_TRUE(until([&] { return gate_.holds(); }));
    EXPECT_EQ(words(), "A first look is drawn…");
    gate_.closeWhen([](const Progress&) { return false; });
    type(QStringLiteral("a blue ring"));
    stopWriting();
    ASSERT_TRUE(seen());
    EXPECT_EQ(runs_, 2);
}

TEST_F(IdleLookStory, GivesWayToClipsAndTakes) {
    models_ = {fake_full_model()};
    openStudio();
    wantIt();
    type(QStringLiteral("a red ball"));
    gate_.closeWhen([](const Progress& progress) { return progress.step > 1; });
    stopWriting();
    ASSERT_TRUE(until([&] { return gate_.holds(); }));
    press(Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier); // nine takes
    auto* page = window().findChild<ui::SeedPage*>();
    ASSERT_NE(page, nullptr);
    ASSERT_TRUE(until([&] { return runs_ == 2; })) << "the look holds the takes up";
    EXPECT_TRUE(find<QLabel>("idle-look-picture")->pixmap().isNull());
    type(QStringLiteral("a blue ring"));
    stopWriting();
    EXPECT_EQ(words(), "A first look appears here when you stop writing.");
    page->close();
    gate_.open();
}

} // namespace
} // namespace rushes::testing
