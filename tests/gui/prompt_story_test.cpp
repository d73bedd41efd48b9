// What a model says of prompts: how much it reads at once, what it is better without, how much shall move.
#include "controls/advanced_panel.h"
#include "controls/prompt_edit.h"
#include "gui/studio_fixture.h"

#include <algorithm>

#include <QDoubleSpinBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QWidget>

namespace rushes::testing {
namespace {

class PromptStory : public StudioFixture {
protected:
    /// A model whose encoder takes ten words at once.
    static ModelInfo model() {
        ModelInfo info = fake_full_model();
        info.takes_motion_scale = true;
        info.default_negative = "blurry, watermark";
        info.prompt_meter = [](const std::string& prompt) {
            const auto words = static_cast<int>(std::ranges::count(prompt, ' ')) + 1;
            return PromptLength{.pieces = words, .chunk = 10, .chunks = (words + 9) / 10};
        };
        return info;
    }

    QString count() { return find<QWidget>("prompt-count")->property("text").toString(); }
};

TEST_F(PromptStory, CountsWhatTheEncoderReads) {
    models_ = {model()};
    openStudio();
    type(QStringLiteral("a red ball"));
    EXPECT_TRUE(QTest::qWaitFor([&] { return count() == QStringLiteral("3 of 10"); }))
        << count().toStdString();
    EXPECT_FALSE(find<QWidget>("prompt-count")->toolTip().isEmpty());
    type(QStringLiteral(" that bounces over the wide blue sea at noon in June"));
    EXPECT_TRUE(QTest::qWaitFor([&] { return count() == QStringLiteral("12 of 20 · 2 parts"); }))
        << count().toStdString();
}

TEST_F(PromptStory, OffersTheUsualNegativePrompt) {
    models_ = {model()};
    openStudio();
    EXPECT_FALSE(find<QPushButton>("negative-usual")->isVisible());
    click("negative-toggle");
    EXPECT_TRUE(find<QPushButton>("negative-usual")->isVisible());
    click("negative-usual");
    EXPECT_EQ(recipe().negative_prompt, "blurry, watermark");
    EXPECT_EQ(find<QPlainTextEdit>("negative")->toPlainText().toStdString(), "blurry, watermark");
    EXPECT_FALSE(find<QPushButton>("negative-usual")->isVisible());
}

TEST_F(PromptStory, MotionIsOfferedWhereTheModelCanChangeIt) {
    models_ = {model()};
    openStudio();
    window().findChild<ui::AdvancedPanel*>()->setOpen(true);
    auto* motion = find<QDoubleSpinBox>("motion");
    EXPECT_TRUE(motion->isVisible());
    EXPECT_EQ(motion->value(), 1);
    motion->setValue(0.5);
    EXPECT_EQ(recipe().motion_scale, 0.5);
}

TEST_F(PromptStory, OtherModelsHaveNeither) {
    openStudio();
    window().findChild<ui::AdvancedPanel*>()->setOpen(true);
    EXPECT_FALSE(find<QDoubleSpinBox>("motion")->isVisible());
    click("negative-toggle");
    EXPECT_FALSE(find<QPushButton>("negative-usual")->isVisible());
    type(QStringLiteral("a red ball"));
    EXPECT_EQ(count().toStdString(), "10"); // letters
}

} // namespace
} // namespace rushes::testing
