// What a clip costs is known before it is made, and so is what would make it fit.
#include "controls/basic.h"
#include "controls/fit_note.h"
#include "controls/generate_button.h"
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "session/settings.h"
#include "shell/preferences.h"
#include "stage/stage_panel.h"
#include "support/fake_cost.h"

#include <atomic>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>

namespace rushes::testing {
namespace {

class EstimateStory : public StudioFixture {
protected:
    ui::FitNote& note() { return *find<ui::FitNote>("fit-note"); }

    QString fit(const char* name) { return find<QWidget>(name)->property("fit").toString(); }

    /// What the first clip of the larger model needs.
    static std::uint64_t needed() {
        Recipe recipe;
        recipe.width = 1280;
        recipe.height = 720;
        return make_plan(recipe, model()).peak_memory_bytes;
    }

    static ModelInfo model() {
        ModelInfo model = fake_full_model();
        model.lattice.sizes = {{832, 480}, {1280, 720}, {480, 832}};
        return model;
    }

    void openWith(double memory) {
        models_ = {model()};
        script_.memory = static_cast<std::uint64_t>(memory);
        openStudio();
    }

    void chooseHalfOfTheMemory() {
        press(Qt::Key_Comma, Qt::ControlModifier);
        auto* page = window().findChild<ui::Preferences*>();
        ASSERT_NE(page, nullptr);
        auto* memory = page->findChild<QComboBox*>(QStringLiteral("pref-memory"));
        memory->setCurrentIndex(memory->findData(QStringLiteral("50")));
        emit memory->activated(memory->currentIndex());
        page->close();
        window().activateWindow();
    }

    void choose720() {
        click("resolution-720p");
        ASSERT_TRUE(until([&] { return recipe().height == 720; }));
        QCoreApplication::processEvents(); // the price comes a turn later
    }
};

TEST_F(EstimateStory, AClipThatFitsSaysItsPriceAndNothingElse) {
    openWith(10.0 * static_cast<double>(needed()));
    choose720();
    EXPECT_TRUE(find<ui::GenerateButton>("generate")->price().contains(QStringLiteral("B")));
    EXPECT_EQ(note().text(), QString());
    EXPECT_EQ(fit("resolution-720p"), QString());
    EXPECT_FALSE(find<ui::CalmSlider>("duration")->lastThatFits().has_value());
    // Each choice says what it would take.
    EXPECT_TRUE(find<QWidget>("resolution-480p")->toolTip().contains(QStringLiteral("about")))
        << find<QWidget>("resolution-480p")->toolTip().toStdString();
    EXPECT_TRUE(find<QWidget>("tier-fast")->toolTip().contains(QStringLiteral("steps")));
}

TEST_F(EstimateStory, MostOfTheMemoryIsAmber) {
    openWith(1.1 * static_cast<double>(needed()));
    choose720();
    EXPECT_TRUE(note().text().startsWith(QStringLiteral("Takes "))) << note().text().toStdString();
    EXPECT_EQ(fit("resolution-720p").toStdString(), "tight");
    EXPECT_EQ(fit("resolution-480p"), QString());
    shot(QStringLiteral("estimate-tight"));
    click("fit-lever-0"); // what makes it easy, one click away as well
    QCoreApplication::processEvents();
    EXPECT_EQ(recipe().height, 480);
    EXPECT_EQ(note().text(), QString());
}

TEST_F(EstimateStory, WhatWouldFailIsRedAndOneClickMakesItFit) {
    openWith(0.7 * static_cast<double>(needed()));
    choose720();
    EXPECT_EQ(fit("resolution-720p").toStdString(), "large");
    EXPECT_EQ(fit("duration-text").toStdString(), "large");
    EXPECT_TRUE(find<QWidget>("resolution-720p")->accessibleDescription().contains(QStringLiteral("memory")));
    EXPECT_TRUE(note().text().startsWith(QStringLiteral("Needs about"))) << note().text().toStdString();
    const auto last = find<ui::CalmSlider>("duration")->lastThatFits();
    ASSERT_TRUE(last.has_value());
    EXPECT_LT(*last, find<QSlider>("duration")->value());
    shot(QStringLiteral("estimate-red"));
    const Recipe before = recipe();
    click("fit-lever-0");
    QCoreApplication::processEvents();
    EXPECT_LE(make_plan(recipe(), model()).peak_memory_bytes, script_.memory);
    EXPECT_FALSE(note().text().startsWith(QStringLiteral("Needs about")));
    EXPECT_FALSE(window().session().running()); // a lever starts nothing
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(recipe(), before);
}

TEST_F(EstimateStory, APromptThatCannotBeMadeSaysWhyBeforeGenerate) {
    openWith(0);
    find<ui::RecipePanel>("recipe-panel"); // typed at once, not key by key
    Recipe long_one = recipe();
    long_one.prompt = std::string(9000, 'a');
    emit find<ui::RecipePanel>("recipe-panel")->edited(long_one, {QStringLiteral("prompt"), 99});
    QCoreApplication::processEvents();
    EXPECT_TRUE(note().isVisible());
    EXPECT_EQ(find<ui::GenerateButton>("generate")->price().toStdString(), "not possible");
    // No other value helps, so none is marked; each says why.
    EXPECT_FALSE(find<ui::CalmSlider>("duration")->lastThatFits().has_value());
    for (const char* name : {"resolution-720p", "tier-fast", "duration-text", "dtype"}) {
        EXPECT_EQ(fit(name).toStdString(), "") << name;
    }
    EXPECT_TRUE(find<QWidget>("resolution-720p")->toolTip().contains(QStringLiteral("prompt")))
        << find<QWidget>("resolution-720p")->toolTip().toStdString();
}

// A model may refuse a length for what it is, whatever the memory.
TEST_F(EstimateStory, ALengthThatIsRefusedIsRedOnTheSlider) {
    ModelInfo limited = model();
    limited.cost = [cost = limited.cost](const Pass& pass, const LoadOptions& options) {
        if (pass.frames > 41) {
            throw Error(ErrorKind::user, "It has seen 41 frames at most.", "Make the clip shorter.");
        }
        return cost(pass, options);
    };
    models_ = {limited};
    openStudio();
    QCoreApplication::processEvents();
    EXPECT_EQ(fit("duration-text").toStdString(), "large");
    ASSERT_TRUE(find<ui::CalmSlider>("duration")->lastThatFits().has_value());
    EXPECT_EQ(limited.lattice.frames(*find<ui::CalmSlider>("duration")->lastThatFits() + 1), 41);
    EXPECT_EQ(fit("resolution-720p").toStdString(), "") << "no size helps";
}

TEST_F(EstimateStory, TheQuestionMarkSaysWhatAnotherValueCostsHere) {
    openWith(0);
    auto* dot = find<QToolButton>("help-steps");
    EXPECT_TRUE(dot->isVisible());
    const QString words = find<QSlider>("steps")->whatsThis();
    EXPECT_TRUE(words.contains(QStringLiteral("Here:"))) << words.toStdString();
    EXPECT_TRUE(find<QSlider>("duration")->whatsThis().contains(QStringLiteral("fps with").left(3)));
    for (const char* name :
         {"prompt",
          "negative",
          "model",
          "shape",
          "duration",
          "seed",
          "guidance",
          "precision",
          "scheduler",
          "draft",
          "motion"}) {
        find<QToolButton>((std::string("help-") + name).c_str());
    }
    click("help-steps"); // opens; a click anywhere closes it
    QWidget* popup = nullptr;
    for (QWidget* widget : QApplication::topLevelWidgets()) {
        if (widget->inherits("QWhatsThat")) {
            popup = widget;
        }
    }
    ASSERT_NE(popup, nullptr);
    QTest::keyClick(popup, Qt::Key_Escape);
}

TEST_F(EstimateStory, GuidanceAndTheListsSayWhatTheirValuesCost) {
    models_ = {model(), fake_causal_model()};
    openStudio();
    const auto guidance = [&] { return find<ui::FigureLabel>("guidance-cost")->text().toStdString(); };
    // Computed twice a step as it is, and once at 1.
    ASSERT_GT(recipe().guidance_scale, 1);
    EXPECT_TRUE(guidance().ends_with(" at 1")) << guidance();
    Recipe weak = recipe();
    weak.guidance_scale = 1;
    find<ui::RecipePanel>("recipe-panel")->showRecipe(weak);
    window().desk().applyRecipe(weak);
    QCoreApplication::processEvents();
    EXPECT_TRUE(guidance().ends_with(" at 5")) << guidance();
    EXPECT_TRUE(find<QWidget>("guidance")->whatsThis().contains(QStringLiteral("Here:")));
    EXPECT_TRUE(find<QWidget>("draft")->whatsThis().contains(QStringLiteral("Here:")));
    auto* precision = find<QComboBox>("dtype");
    for (int i = 0; i < precision->count(); ++i) {
        EXPECT_TRUE(precision->itemData(i, Qt::ToolTipRole).toString().contains(QStringLiteral("B"))) << i;
    }
    click("model");
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    ASSERT_NE(menu, nullptr);
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(menu->actions().at(i)->text().section(QLatin1Char('\t'), 1).contains(QStringLiteral("B"))
        );
    }
    menu->close();
}

TEST_F(EstimateStory, TheMemoryBudgetRefusesWhatIsBeyondIt) {
    openWith(1.2 * static_cast<double>(needed()));
    chooseHalfOfTheMemory();
    choose720();
    EXPECT_EQ(fit("resolution-720p").toStdString(), "large");
    find<QWidget>("generate")->setFocus();
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_FALSE(window().session().running());
    EXPECT_EQ(window().session().queue().rowCount(), 0);
    EXPECT_TRUE(window().stage().error().copyText().contains(QStringLiteral("budget")));
    click("error-lever-0"); // the settings that fit, as above the button
    QCoreApplication::processEvents();
    EXPECT_LE(make_plan(recipe(), model()).peak_memory_bytes, script_.memory / 2);
}

TEST_F(EstimateStory, TheBudgetThatHoldsTheClipIsOneClickAwayAndUndone) {
    openWith(1.3 * static_cast<double>(needed()));
    chooseHalfOfTheMemory();
    choose720();
    QPushButton* raise = nullptr;
    for (auto* lever : note().findChildren<QPushButton*>()) {
        raise = lever->text().startsWith(QStringLiteral("Let clips fill 100")) ? lever : raise;
    }
    ASSERT_NE(raise, nullptr);
    raise->click();
    QCoreApplication::processEvents();
    EXPECT_EQ(recipe().height, 720);
    EXPECT_EQ(fit("resolution-720p"), QString());
    EXPECT_EQ(note().text(), QString());
    press(Qt::Key_Z, Qt::ControlModifier);
    QCoreApplication::processEvents();
    EXPECT_TRUE(note().text().startsWith(QStringLiteral("Needs about"))) << "as before";
}

TEST_F(EstimateStory, OnlyWhatHelpsIsRed) {
    openWith(0.98 * static_cast<double>(needed())); // weights of fp32, half of them in bf16
    choose720();
    EXPECT_EQ(fit("dtype").toStdString(), "large") << "bf16 helps";
    EXPECT_EQ(fit("model").toStdString(), "large");
    auto* precision = find<QComboBox>("dtype");
    const auto coloured = [&](const char* name) {
        return precision->itemData(precision->findData(QLatin1String(name)), Qt::ForegroundRole).isValid();
    };
    EXPECT_TRUE(coloured("fp32"));
    EXPECT_FALSE(coloured("bf16"));
    for (const char* name : {"steps-text", "tier-fast", "tier-quality", "guidance", "scheduler", "draft"}) {
        EXPECT_EQ(fit(name).toStdString(), "") << name << ": another value would help nothing";
    }
    EXPECT_TRUE(find<QWidget>("dtype")->accessibleDescription().contains(QStringLiteral("memory")));
    shot(QStringLiteral("estimate-precision"));
}

TEST_F(EstimateStory, GuidanceIsRedWhereTwoPassesAStepAreTooMany) {
    ModelInfo both = model();
    both.cost = [cost = both.cost](const Pass& pass, const LoadOptions& options) {
        RunCost result = cost(pass, options);
        result.denoise.bytes *= pass.guided() ? 40 : 1;
        return result;
    };
    models_ = {both};
    Recipe guided;
    guided.guidance_scale = 5;
    script_.memory =
        static_cast<std::uint64_t>(0.9 * static_cast<double>(make_plan(guided, both).peak_memory_bytes));
    openStudio();
    QCoreApplication::processEvents();
    EXPECT_EQ(fit("guidance").toStdString(), "large");
    EXPECT_EQ(fit("scheduler").toStdString(), "");
}

TEST_F(EstimateStory, AnotherModelThatFitsIsOneClickAway) {
    ModelInfo small = model();
    small.id = small.hash = "small";
    small.name = "Small one";
    small.weight_bytes = 10'000'000; // less than the demonstration
    small.cost = FakeCost{.weights = 1e9, .bytes_per_token = 10, .decode_bytes_per_pixel = 100};
    ModelInfo large = model();
    large.cost = FakeCost{.weights = 40e9};
    models_ = {large, fake_causal_model(), small};
    script_.memory = 20'000'000'000;
    openStudio();
    QCoreApplication::processEvents();
    EXPECT_EQ(fit("model").toStdString(), "large");
    click("model"); // the list says it of each
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    ASSERT_NE(menu, nullptr);
    EXPECT_FALSE(menu->actions().at(0)->icon().isNull());
    EXPECT_TRUE(menu->actions().at(2)->icon().isNull());
    shot(QStringLiteral("estimate-models"));
    menu->close();
    QPushButton* use = nullptr;
    for (auto* lever : note().findChildren<QPushButton*>()) {
        use = lever->text() == QStringLiteral("Use Small one") ? lever : use;
        EXPECT_FALSE(lever->text().contains(QStringLiteral("causal"))) << "a demonstration is no help";
    }
    ASSERT_NE(use, nullptr);
    use->click();
    QCoreApplication::processEvents();
    EXPECT_EQ(recipe().model, "small");
    EXPECT_EQ(note().text(), QString());
    EXPECT_EQ(fit("model").toStdString(), "");
}

// A budget is a smaller card: layers that come one by one cost time, which is better than no clip.
TEST_F(EstimateStory, AClipThatFitsTheBudgetWhenItsLayersComeOneByOneIsMade) {
    ModelInfo streams = model();
    streams.fits_small_cards = true;
    streams.cost = [cost = streams.cost](const Pass& pass, const LoadOptions& options) {
        RunCost result = cost(pass, options);
        if (options.denoiser != DenoiserPlace::streamed) {
            result.resident.push_back({"transformer", 100e9});
        }
        return result;
    };
    models_ = {streams};
    script_.device = DeviceKind::cuda;
    script_.memory = std::uint64_t{100} << 30; // all of it holds the layers, half of it does not
    std::atomic<int> place = -1;
    script_.at_run = [&](const Plan& plan, const RunInputs&) { place = static_cast<int>(plan.denoiser); };
    openStudio();
    window().session().setMemoryShare(0.5);
    find<QWidget>("generate")->setFocus();
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_TRUE(until([&] { return place == static_cast<int>(DenoiserPlace::streamed); }))
        << window().stage().error().copyText().toStdString();
}

} // namespace
} // namespace rushes::testing
