// LoRAs of the next clip: added by drop, how strongly they count, the words that they were trained with.
#include "controls/lora_group.h"
#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "gui/studio_fixture.h"
#include "support/safetensors_bytes.h"

#include <fstream>

#include <QApplication>
#include <QDoubleSpinBox>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QUrl>

namespace rushes::testing {
namespace {

namespace fs = std::filesystem;

class LoraStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        models_[1].takes_loras = true;
        openStudio();
        panel().chooseModel(models_[1].id);
    }

    ui::RecipePanel& panel() { return *find<ui::RecipePanel>("recipe-panel"); }

    QWidget& group() { return *find<QWidget>("loras"); }

    fs::path lora(const std::string& name, const std::string& words) const {
        const std::string header =
            R"({"__metadata__": {"modelspec.trigger_phrase": ")" + words +
            R"("}, "lora_unet_x.lora_down.weight": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}})";
        return written(name, test::safetensors_bytes(header, std::string(8, '\0')));
    }

    fs::path written(const std::string& name, const std::string& bytes) const {
        const fs::path file = folder_ / name;
        std::ofstream(file, std::ios::binary) << bytes;
        return fs::canonical(file);
    }

    void dropOn(QWidget& target, const fs::path& file) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(QString::fromStdString(file.string()))});
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&target, &enter);
        ASSERT_TRUE(enter.isAccepted());
        QDropEvent event(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&target, &event);
    }

    template <typename Widget>
    bool appears(const char* name) {
        return until([&] {
            const auto* widget = window().findChild<Widget*>(QLatin1String(name));
            return widget != nullptr && widget->isVisible();
        });
    }
};

TEST_F(LoraStory, IsDroppedTurnedAndTakenAway) {
    EXPECT_TRUE(group().isVisible());
    const fs::path style = lora("style.safetensors", "");
    dropOn(group(), style);
    ASSERT_EQ(recipe().loras.size(), 1u);
    EXPECT_EQ(recipe().loras[0].path, style.string());
    EXPECT_EQ(recipe().loras[0].strength, 1);
    dropOn(group(), style);
    EXPECT_EQ(recipe().loras.size(), 1u) << "the same file twice";
    auto* strength = find<QDoubleSpinBox>("lora-strength-0");
    strength->setFocus();
    strength->selectAll();
    QTest::keyClicks(strength, QLocale().toString(0.5, 'f', 2));
    EXPECT_EQ(recipe().loras[0].strength, 0.5);
    EXPECT_EQ(find<QDoubleSpinBox>("lora-strength-0"), strength) << "the field goes while one types";
    dropOn(group(), lora("motion.safetensors", ""));
    ASSERT_EQ(recipe().loras.size(), 2u);
    ASSERT_TRUE(appears<QPushButton>("lora-remove-0"));
    click("lora-remove-0");
    ASSERT_EQ(recipe().loras.size(), 1u);
    EXPECT_EQ(fs::path(recipe().loras[0].path).stem(), "motion");
    find<ui::PromptEdit>("prompt")->setFocus();
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(recipe().loras.size(), 2u) << "no undo";
    EXPECT_EQ(recipe().loras[0].strength, 0.5);
}

TEST_F(LoraStory, ItsWordsGoIntoThePromptByAClick) {
    type(QStringLiteral("a cat"));
    dropOn(group(), lora("style.safetensors", "ink wash, sumi"));
    ASSERT_TRUE(appears<QPushButton>("lora-word-ink wash"));
    click("lora-word-ink wash");
    EXPECT_EQ(recipe().prompt, "a cat, ink wash");
    click("lora-word-ink wash");
    EXPECT_EQ(recipe().prompt, "a cat, ink wash") << "twice";
    click("lora-word-sumi");
    EXPECT_EQ(recipe().prompt, "a cat, ink wash, sumi");
    shot(QStringLiteral("loras"));
}

TEST_F(LoraStory, AFileThatIsNoneSaysSo) {
    dropOn(group(), written("broken.safetensors", "not at all"));
    ASSERT_TRUE(appears<QLabel>("lora-problem-0"));
    EXPECT_FALSE(find<QLabel>("lora-problem-0")->text().isEmpty());
    EXPECT_FALSE(find<QLabel>("lora-problem-0")->text().contains(QLatin1Char('\n')));
}

TEST_F(LoraStory, AnotherKindOfModelTakesNoneAlong) {
    dropOn(group(), lora("style.safetensors", ""));
    ASSERT_EQ(recipe().loras.size(), 1u);
    panel().chooseModel(models_[0].id);
    EXPECT_TRUE(recipe().loras.empty());
    EXPECT_FALSE(group().isVisible()) << "a model that takes none";
}

} // namespace
} // namespace rushes::testing
