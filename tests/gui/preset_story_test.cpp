// Presets: words and settings that are kept, chosen above the prompt, and taken out again.
#include "base/atomic_file.h"
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "desk/preset_dialog.h"
#include "generation/saved_presets.h"
#include "gui/studio_fixture.h"

#include <gmock/gmock.h>

#include <QApplication>
#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTimer>

namespace rushes::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class PresetStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        qputenv("XDG_DATA_HOME", QByteArray::fromStdString((folder_ / "data").string()));
        openStudio();
        find<ui::RecipePanel>("recipe-panel")->chooseModel(models_[1].id);
        type(QStringLiteral("a red ball"));
    }

    void TearDown() override {
        StudioFixture::TearDown();
        qunsetenv("XDG_DATA_HOME");
    }

    QMenu* openMenu() {
        click("presets");
        QMenu* menu = nullptr;
        EXPECT_TRUE(until([&] {
            menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            return menu != nullptr && menu->objectName() == QStringLiteral("presets-menu");
        }));
        return menu;
    }

    static QAction* entry(const QMenu& menu, const QString& text) {
        for (QAction* action : menu.actions()) {
            if (action->text() == text) {
                return action;
            }
        }
        return nullptr;
    }

    void choose(const QString& text) {
        QMenu* const menu = openMenu();
        ASSERT_NE(menu, nullptr);
        QAction* const action = entry(*menu, text);
        ASSERT_NE(action, nullptr) << text.toStdString();
        QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
        window().activateWindow();
        EXPECT_TRUE(until([&] { return window().isActiveWindow(); }));
    }

    /// Asks for the dialog and does with it what a person does, within its own event loop.
    void keep(const std::function<void(ui::PresetDialog&)>& deed) {
        bool asked = false;
        QTimer watch;
        connect(watch, [&] {
            auto* dialog = window().findChild<ui::PresetDialog*>();
            if (dialog != nullptr && !asked) {
                asked = true;
                deed(*dialog);
                if (dialog->isVisible()) {
                    dialog->reject();
                }
            }
        });
        choose(QStringLiteral("Keep these settings as a preset…"));
        EXPECT_TRUE(until([&] { return asked; }));
    }

    void connect(QTimer& watch, const std::function<void()>& deed) {
        QObject::connect(&watch, &QTimer::timeout, &window(), deed);
        watch.start(1);
    }

    static void write(ui::PresetDialog& dialog, const char* field, const QString& text) {
        dialog.findChild<QLineEdit*>(QLatin1String(field))->setText(text);
    }

    static QPushButton& go(const ui::PresetDialog& dialog) {
        return *dialog.findChild<QPushButton*>(QStringLiteral("preset-go"));
    }

    static std::string state(const ui::PresetDialog& dialog) {
        return dialog.findChild<QLabel*>(QStringLiteral("preset-state"))->text().toStdString();
    }

    static std::vector<std::string> kept() {
        std::vector<std::string> names;
        for (const SavedPreset& preset : read_presets(presets_dir()).presets) {
            names.push_back(preset.name);
        }
        return names;
    }
};

TEST_F(PresetStory, WordsAndStepsAreKeptAndUsedWithAnotherPrompt) {
    const int steps = recipe().steps;
    keep([&](ui::PresetDialog& dialog) {
        EXPECT_FALSE(go(dialog).isEnabled()) << "it has no name yet";
        write(dialog, "preset-name", QStringLiteral("Ink"));
        write(dialog, "preset-words", QStringLiteral("{prompt}, in ink"));
        EXPECT_TRUE(dialog.findChild<QCheckBox*>(QStringLiteral("preset-quality"))->isChecked());
        shot(QStringLiteral("preset-dialog"));
        go(dialog).click();
    });
    ASSERT_TRUE(until([&] { return kept().size() == 1; }));
    ui::RecipePanel& panel = *find<ui::RecipePanel>("recipe-panel");
    Recipe other = recipe();
    other.prompt = "a blue ring";
    other.steps = steps + 5;
    panel.showRecipe(other);
    choose(QStringLiteral("Ink"));
    EXPECT_EQ(recipe().prompt, "a blue ring, in ink");
    EXPECT_EQ(recipe().steps, steps);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(recipe().prompt, "a blue ring") << "one undo step";
    EXPECT_EQ(recipe().steps, steps + 5);
}

TEST_F(PresetStory, OneThatAppliesIsTickedAndComesOutAgain) {
    write_file(presets_dir() / "ink.json", R"({"name": "Ink", "prompt": "{prompt}, in ink"})");
    write_file(presets_dir() / "film.json", R"({"name": "Film", "prompt": "film of {prompt}"})");
    choose(QStringLiteral("Ink"));
    EXPECT_EQ(recipe().prompt, "a red ball, in ink");
    QMenu* const menu = openMenu();
    ASSERT_NE(menu, nullptr);
    EXPECT_TRUE(entry(*menu, QStringLiteral("Ink"))->isChecked());
    EXPECT_FALSE(entry(*menu, QStringLiteral("Film"))->isChecked());
    shot(QStringLiteral("presets-menu"));
    menu->close();
    choose(QStringLiteral("Film"));
    EXPECT_EQ(recipe().prompt, "film of a red ball") << "one style at a time";
    choose(QStringLiteral("Film"));
    EXPECT_EQ(recipe().prompt, "a red ball");
}

TEST_F(PresetStory, ARemovedOneComesBackByUndo) {
    write_file(presets_dir() / "ink.json", R"({"name": "Ink", "steps": 3})");
    QMenu* const menu = openMenu();
    ASSERT_NE(menu, nullptr);
    QMenu* const remove = entry(*menu, QStringLiteral("Remove"))->menu();
    ASSERT_THAT(remove->actions(), SizeIs(1));
    remove->actions().front()->trigger();
    menu->close();
    ASSERT_TRUE(until([&] { return kept().empty(); }));
    window().activateWindow();
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(until([&] { return kept().size() == 1; }));
    EXPECT_THAT(kept(), ElementsAre("Ink"));
}

TEST_F(PresetStory, WhatCannotBeKeptOrUsedIsSaid) {
    write_file(presets_dir() / "ink.json", R"({"name": "Ink", "model": "none-such", "steps": 3})");
    const Recipe before = recipe();
    choose(QStringLiteral("Ink"));
    EXPECT_TRUE(until([&] {
        return find<QLabel>("toast-text")->text() ==
               QStringLiteral("The model 'none-such' of this preset is not installed.");
    }));
    EXPECT_EQ(recipe(), before);
    keep([&](ui::PresetDialog& dialog) {
        dialog.findChild<QCheckBox*>(QStringLiteral("preset-quality"))->setChecked(false);
        write(dialog, "preset-name", QStringLiteral("INK"));
        EXPECT_EQ(state(dialog), "This preset would change nothing: write words or tick what it keeps.");
        EXPECT_FALSE(go(dialog).isEnabled());
        write(dialog, "preset-words", QStringLiteral("in ink"));
        EXPECT_EQ(state(dialog), "In place of the preset of that name.");
        EXPECT_TRUE(go(dialog).isEnabled());
    });
    EXPECT_THAT(kept(), ElementsAre("Ink"));
}

} // namespace
} // namespace rushes::testing
