// Values side by side: asked for by two lists, a take for every pair, and a clip of the chosen one.
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "desk/grid_dialog.h"
#include "desk/seed_desk.h"
#include "desk/seed_page.h"
#include "gui/studio_fixture.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTimer>

namespace rushes::testing {
namespace {

class GridStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        models_[1].lattice.sizes = {{160, 96}};
        models_[1].default_frames = 9;
        openStudio();
        find<ui::RecipePanel>("recipe-panel")->chooseModel(models_[1].id);
        type(QStringLiteral("a red ball"));
    }

    /// Opens the dialog and does with it what a person does, within its own event loop.
    void ask(const std::function<void(ui::GridDialog&)>& deed) {
        bool asked = false;
        QTimer::singleShot(0, &window(), [&] {
            auto* dialog = window().findChild<ui::GridDialog*>();
            ASSERT_NE(dialog, nullptr);
            asked = true;
            deed(*dialog);
            if (dialog->isVisible()) {
                dialog->reject();
            }
        });
        press(Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        EXPECT_TRUE(asked);
    }

    static void choose(ui::GridDialog& dialog, const char* axis, const char* key, const QString& values) {
        auto* combo = dialog.findChild<QComboBox*>(QLatin1String(axis));
        const int index = combo->findData(QString::fromLatin1(key));
        ASSERT_GE(index, 0) << key;
        combo->setCurrentIndex(index);
        dialog.findChild<QLineEdit*>(QLatin1String(axis) + QStringLiteral("-values"))->setText(values);
    }

    static std::string words(const ui::GridDialog& dialog) {
        return dialog.findChild<QLabel*>(QStringLiteral("grid-words"))->text().toStdString();
    }

    static QPushButton& go(const ui::GridDialog& dialog) {
        return *dialog.findChild<QPushButton*>(QStringLiteral("grid-go"));
    }

    ui::Sketches& sketches() { return window().desk().seeds().sketches(); }
};

TEST_F(GridStory, EveryPairIsATakeAndTheChosenOneBecomesAClip) {
    ask([&](ui::GridDialog& dialog) {
        EXPECT_EQ(words(dialog), "3 clips") << "Enter at once tries three seeds";
        EXPECT_TRUE(go(dialog).isEnabled());
        choose(dialog, "grid-rows", "seed", QStringLiteral("7, 9"));
        choose(dialog, "grid-columns", "guidance_scale", QStringLiteral("3, 5, 7.5"));
        EXPECT_EQ(words(dialog), "6 clips");
        shot(QStringLiteral("grid-dialog"));
        go(dialog).click();
    });
    auto* page = window().findChild<ui::SeedPage*>();
    ASSERT_NE(page, nullptr);
    ASSERT_EQ(sketches().rowCount(), 6);
    ASSERT_TRUE(until([&] { return sketches().done(); }));
    shot(QStringLiteral("grid"));
    EXPECT_EQ(sketches().take(4).label.toStdString(), "seed 9 · guidance 5");
    EXPECT_EQ(sketches().index(4).data().toString().toStdString(), "seed 9 · guidance 5");
    EXPECT_FALSE(page->findChild<QPushButton*>(QStringLiteral("takes-others"))->isVisible());
    auto* takes = page->findChild<QListView*>(QStringLiteral("takes"));
    EXPECT_EQ(takes->visualRect(sketches().index(0)).x(), takes->visualRect(sketches().index(3)).x())
        << "the second seed's row begins below the first one's";
    EXPECT_LT(takes->visualRect(sketches().index(0)).y(), takes->visualRect(sketches().index(3)).y());
    QTest::keyClick(takes, Qt::Key_5);
    QTest::keyClick(takes, Qt::Key_Return);
    ASSERT_TRUE(generated(0));
    const Recipe made = window().session().shelf().model().item(0).record.recipe;
    EXPECT_EQ(made.seed, 9U);
    EXPECT_EQ(made.guidance_scale, 5);
}

TEST_F(GridStory, AModelBringsItsOwnValues) {
    ask([&](ui::GridDialog& dialog) {
        choose(dialog, "grid-rows", "model", QStringLiteral("fake-causal, fake-full"));
        EXPECT_EQ(words(dialog), "2 clips");
        go(dialog).click();
    });
    ASSERT_EQ(sketches().rowCount(), 2);
    EXPECT_EQ(sketches().recipeOf(0).model, "fake-causal");
    EXPECT_EQ(sketches().recipeOf(0).steps, models_[0].default_steps);
    EXPECT_EQ(sketches().recipeOf(1).model, "fake-full");
    EXPECT_TRUE(until([&] { return sketches().done(); }));
}

TEST_F(GridStory, WhatCannotBeTriedIsSaidAndNothingBegins) {
    ask([&](ui::GridDialog& dialog) {
        choose(dialog, "grid-rows", "steps", QStringLiteral("4, many"));
        EXPECT_EQ(words(dialog), "'many' is not a whole number from 1 to 1000.");
        EXPECT_FALSE(go(dialog).isEnabled());
        choose(dialog, "grid-rows", "model", QStringLiteral("none-such"));
        EXPECT_EQ(words(dialog), "The model 'none-such' is not installed.");
        choose(dialog, "grid-rows", "seed", QStringLiteral("1-99"));
        EXPECT_FALSE(go(dialog).isEnabled());
        choose(dialog, "grid-rows", "seed", QStringLiteral("1-9"));
        EXPECT_EQ(words(dialog), "9 clips");
        EXPECT_TRUE(go(dialog).isEnabled());
    });
    EXPECT_EQ(window().findChild<ui::SeedPage*>(), nullptr);
}

} // namespace
} // namespace rushes::testing
