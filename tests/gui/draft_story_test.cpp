// The draft by another model, chosen beside the draft itself.
#include "controls/generate_button.h"
#include "controls/recipe_panel.h"
#include "gui/studio_fixture.h"
#include "queue/facts_view.h"
#include "stage/stage_panel.h"

#include <QCheckBox>
#include <QComboBox>

namespace rushes::testing {
namespace {

class DraftStory : public StudioFixture {
protected:
    QComboBox& models() { return *find<QComboBox>("draft-model"); }

    QString note() { return find<ui::GenerateButton>("generate")->note(); }

    void open(std::vector<ModelInfo> models) {
        models_ = std::move(models);
        openStudio();
        type(QStringLiteral("a red ball"));
        click("advanced");
        QCoreApplication::processEvents();
    }

    void chooseTheNext() {
        models().setFocus();
        press(Qt::Key_Down);
        QCoreApplication::processEvents(); // the price comes a turn later
    }
};

TEST_F(DraftStory, ASmallerModelIsChosenSeenOnTheButtonAndOnTheStage) {
    script_.memory = 100'000'000'000;
    open({fake_full_model(), fake_small_model()});
    ASSERT_TRUE(models().isVisible());
    ASSERT_EQ(models().count(), 2);
    EXPECT_EQ(models().currentText().toStdString(), "by the clip's own model");
    const std::uint64_t alone = window().session().price(recipe()).bytes;
    chooseTheNext();
    EXPECT_EQ(models().currentText().toStdString(), "by Fake small model");
    EXPECT_EQ(recipe().draft_model, "fake-small");
    EXPECT_EQ(note().toStdString(), "first a draft by Fake small model");
    EXPECT_TRUE(find<QWidget>("generate")->accessibleDescription().endsWith(note())) << "for screen readers";
    EXPECT_GT(window().session().price(recipe()).bytes, alone) << "both stay";
    shot(QStringLiteral("draft-model"));

    gate_.closeWhen([](const Progress& p) { return !p.draft && p.phase == Phase::denoising && p.step == 1; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return gate_.holds() && player.picture().size() == QSize(320, 192); }))
        << "the other model's picture, in its size";
    shot(QStringLiteral("draft-model-running"));
    gate_.open();
    ASSERT_TRUE(generated(0));
    EXPECT_EQ(player.picture().size(), QSize(832, 480));
    EXPECT_EQ(
        find<ui::FactsView>("clip-facts")->value(QStringLiteral("Draft by")).toStdString(), "fake-small"
    );
}

TEST_F(DraftStory, IsOneStepBackAndGoesWithTheDraft) {
    open({fake_full_model(), fake_small_model()});
    chooseTheNext();
    ASSERT_EQ(recipe().draft_model, "fake-small");
    find<QCheckBox>("draft")->click();
    QCoreApplication::processEvents();
    EXPECT_FALSE(models().isEnabled());
    EXPECT_EQ(note(), QString());
    press(Qt::Key_Z, Qt::ControlModifier);
    QCoreApplication::processEvents();
    EXPECT_EQ(note().toStdString(), "first a draft by Fake small model");
    press(Qt::Key_Z, Qt::ControlModifier);
    QCoreApplication::processEvents();
    EXPECT_EQ(recipe().draft_model, "");
    EXPECT_EQ(models().currentIndex(), 0);
}

TEST_F(DraftStory, IsOfferedOnlyWithAModelThatCanAndGoesWithTheClipsModel) {
    ModelInfo still = fake_small_model();
    still.id = "fake-still";
    still.lattice.max_frames = 1;
    open({fake_full_model(), still, fake_causal_model()});
    EXPECT_FALSE(models().isVisible());
    closeStudio();
    open({fake_full_model(), fake_small_model()});
    chooseTheNext();
    ASSERT_EQ(recipe().draft_model, "fake-small");
    find<ui::RecipePanel>("recipe-panel")->chooseModel("fake-small");
    EXPECT_EQ(recipe().model, "fake-small");
    EXPECT_EQ(recipe().draft_model, "");
    EXPECT_FALSE(models().isVisible());
}

} // namespace
} // namespace rushes::testing
