// Models that come while the studio runs: the real catalogue in folders of the test, tiny checkpoints.
#include "base/atomic_file.h"
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "models/preset.h"
#include "models/registry.h"
#include "stage/progress_line.h"

#include <algorithm>
#include <cstdlib>

#include <QAbstractButton>
#include <QAction>
#include <QFileDialog>
#include <QLabel>
#include <QSlider>

namespace rushes::testing {
namespace {

namespace fs = std::filesystem;

class ModelStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        installed_models_ = true;
        ::setenv("RUSHES_RESOURCES", (folder_ / "resources").c_str(), 1);
        ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
        const fs::path built_in = copy("resources/models/built-in");
        write_file(
            built_in / "rushes.json",
            R"({"name": "Built in", "demonstration": true, "fps": 12, "frames": 33, "max_frames": 33,
                "sizes": [[160, 96]]})"
        );
    }

    void TearDown() override {
        StudioFixture::TearDown();
        ::unsetenv("RUSHES_RESOURCES");
        ::unsetenv("XDG_DATA_HOME");
    }

    /// A tiny checkpoint of a published kind.
    fs::path copy(const fs::path& as) const {
        fs::create_directories((folder_ / as).parent_path());
        fs::copy(
            fs::path(RUSHES_TEST_DATA) / "parity/fixtures/wan/wan21",
            folder_ / as,
            fs::copy_options::recursive
        );
        return folder_ / as;
    }

    ui::RecipePanel& panel() { return *find<ui::RecipePanel>("recipe-panel"); }

    std::string model() { return panel().recipe().model; }

    bool notice() { return find<QWidget>("model-notice")->isVisible(); }
};

TEST_F(ModelStory, TheFirstStartSaysOnceHowALargerModelIsAdded) {
    openStudio();
    EXPECT_EQ(model(), "built-in");
    EXPECT_TRUE(notice());
    EXPECT_TRUE(
        find<QWidget>("model-notice")->accessibleDescription().contains(QStringLiteral("demonstration"))
    );
    shot(QStringLiteral("model-notice"));
    click("notice-dismiss");
    EXPECT_FALSE(notice());
    closeStudio();
    openStudio();
    EXPECT_FALSE(notice());
}

TEST_F(ModelStory, AModelIsThereAtOnceAndAfterARestart) {
    openStudio();
    EXPECT_FALSE(panel().model()->lattice.free_size);
    const int longest = find<QSlider>("duration")->maximum();
    click("notice-add-model");
    chooseFolder(copy("elsewhere/mine"));
    ASSERT_TRUE(until([&] { return model() == "mine"; }));
    EXPECT_FALSE(notice());
    // The controls offer what it was trained for.
    EXPECT_EQ(panel().recipe().width, 832);
    EXPECT_EQ(panel().recipe().height, 480);
    EXPECT_EQ(panel().recipe().frames, 45); // 2.75 s at 16 frames a second, 4k + 1
    EXPECT_GT(find<QSlider>("duration")->maximum(), longest);
    EXPECT_TRUE(find<QAbstractButton>("tier-balanced")->isEnabled());
    EXPECT_TRUE(find<QWidget>("model-mine")->isEnabled()); // in the list of models
    EXPECT_TRUE(find<QLabel>("toast-text")->text().contains(QStringLiteral("mine")));
    shot(QStringLiteral("model-added"));
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(model(), "built-in"); // one undo step
    press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    closeStudio();
    openStudio();
    EXPECT_EQ(model(), "mine");
    EXPECT_FALSE(notice());
    EXPECT_EQ(window().session().models().size(), 2U);
}

TEST_F(ModelStory, AFolderDroppedOnTheWindowIsAdded) {
    openStudio();
    drop(copy("elsewhere/dropped"));
    ASSERT_TRUE(until([&] { return model() == "dropped"; }));
    type(QStringLiteral("a red ball"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(0)); // and it makes clips
    EXPECT_EQ(window().session().shelf().model().item(0).record.recipe.model, "dropped");
}

TEST_F(ModelStory, ASingleFileDroppedOnTheWindowIsAddedOnceItsPartsAreThere) {
    const std::vector<ModelPreset> presets = model_presets();
    const fs::path whole = folder_ / "whole";
    write_random_model(*std::ranges::find(presets, "wan/tiny", &ModelPreset::name), whole, {}, {});
    const fs::path file = folder_ / "elsewhere" / "single.safetensors";
    fs::create_directories(file.parent_path());
    fs::rename(whole / "transformer" / "diffusion_pytorch_model.safetensors", file);
    openStudio();
    drop(file);
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    EXPECT_TRUE(find<QLabel>("error-message")->text().contains(QStringLiteral("its VAE was found neither")));
    fs::create_directories(folder_ / "data" / "rushes" / "models");
    fs::rename(whole, folder_ / "data" / "rushes" / "models" / "parts");
    drop(file);
    ASSERT_TRUE(until([&] { return model() == "single"; }));
    EXPECT_FALSE(find<QWidget>("error-card")->isVisible());
}

TEST_F(ModelStory, WhatIsNoModelIsRefusedInOneSentenceWithAnotherTry) {
    openStudio();
    fs::create_directories(folder_ / "holiday");
    drop(folder_ / "holiday");
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    EXPECT_TRUE(
        find<QLabel>("error-message")->text().startsWith(QStringLiteral("model_index.json is missing"))
    );
    EXPECT_FALSE(find<QWidget>("toast")->isVisible());
    shot(QStringLiteral("model-refused"));
    EXPECT_EQ(model(), "built-in");
    EXPECT_TRUE(notice());
    click("error-lever-0");
    chooseFolder(copy("elsewhere/mine"));
    ASSERT_TRUE(until([&] { return model() == "mine"; }));
    EXPECT_FALSE(find<QWidget>("error-card")->isVisible());
}

TEST_F(ModelStory, ARefusalLeavesTheRunningClipInSight) {
    openStudio();
    gate_.closeWhen([](const Progress& p) { return p.phase == Phase::denoising; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    drop(folder_);
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    EXPECT_TRUE(find<QWidget>("stop")->isVisible());
    gate_.open();
    ASSERT_TRUE(generated(0));
}

TEST_F(ModelStory, EveryDoorAsksForAFolder) {
    openStudio();
    const auto asked = [&] {
        auto* dialog = window().findChild<QFileDialog*>(QStringLiteral("folder-dialog"));
        const bool open = dialog != nullptr && dialog->isVisible();
        delete dialog;
        return open;
    };
    window().actions()[ui::Command::add_model].trigger(); // menu and palette
    EXPECT_TRUE(asked());
    find<QAction>("picker-add-model")->trigger(); // below the models
    EXPECT_TRUE(asked());
    find<QAbstractButton>("side-add-model")->click();
    EXPECT_TRUE(asked());
    EXPECT_EQ(model(), "built-in"); // a dialog that is closed changes nothing
}

TEST_F(ModelStory, WithoutAnyModelTheLeverAddsOne) {
    fs::remove_all(folder_ / "resources");
    window_ = std::make_unique<ui::MainWindow>(parts());
    window_->show();
    window_->session().start();
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    EXPECT_FALSE(notice());
    click("error-lever-0");
    chooseFolder(copy("elsewhere/mine"));
    ASSERT_TRUE(until([&] { return model() == "mine"; }));
    EXPECT_TRUE(find<QAbstractButton>("generate")->isEnabled());
}

} // namespace
} // namespace rushes::testing
