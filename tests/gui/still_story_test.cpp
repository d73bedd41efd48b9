// A still first: a few by a model of stills, and the chosen one is what the clip begins with.
#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "desk/seed_desk.h"
#include "desk/seed_page.h"
#include "gui/studio_fixture.h"
#include "library/film_strip.h"
#include "media/clip_reader.h"
#include "queue/facts_view.h"

#include <QLabel>
#include <QListView>
#include <QPushButton>

namespace rushes::testing {
namespace {

class StillStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        models_[1].inputs = {{"image"}};
        models_[1].lattice.sizes = {{160, 96}};
        models_[1].default_frames = 17;
        models_.push_back(stills("fake-still", "Fake model of stills"));
    }

    static ModelInfo stills(const char* id, const char* name) {
        ModelInfo model = fake_full_model();
        model.id = id;
        model.name = name;
        model.hash = std::string(id) + "-1";
        model.lattice.sizes = {{128, 128}};
        model.lattice.max_frames = 1;
        model.default_frames = 1;
        model.default_steps = 2;
        model.tiers.clear();
        return model;
    }

    void openWithPictures() {
        openStudio();
        find<ui::RecipePanel>("recipe-panel")->chooseModel(models_[1].id);
        type(QStringLiteral("a red fox"));
    }

    ui::SeedPage& openPage() {
        find<QPushButton>("still-first")->click();
        auto* page = window().findChild<ui::SeedPage*>();
        EXPECT_NE(page, nullptr);
        return *page;
    }

    ui::Sketches& sketches() { return window().desk().seeds().sketches(); }
};

TEST_F(StillStory, TheChosenOneIsWhatTheClipBeginsWith) {
    openWithPictures();
    for (const char* prompt : {"a boat", "a star", "a ring"}) { // the first clips have toasts of their own
        make(QString::fromLatin1(prompt));
    }
    type(QStringLiteral("a red fox"));
    const Recipe before = recipe();
    ui::SeedPage& page = openPage();
    ASSERT_EQ(sketches().rowCount(), 6);
    ASSERT_TRUE(until([&] { return sketches().done(); }));
    shot(QStringLiteral("stills"));
    for (int row = 0; row < 6; ++row) {
        EXPECT_EQ(sketches().take(row).frames.size(), 1U);
        const double shape = double(sketches().recipeOf(row).width) / sketches().recipeOf(row).height;
        EXPECT_NEAR(shape, double(before.width) / before.height, 0.3) << "in the clip's shape";
    }
    const std::uint64_t seed = sketches().take(3).seed;
    auto* takes = page.findChild<QListView*>(QStringLiteral("takes"));
    QTest::keyClick(takes, Qt::Key_4);
    QTest::keyClick(takes, Qt::Key_Return);
    ASSERT_TRUE(until([&] { return recipe().inputs.size() == 1; }));
    const RecipeInput& input = recipe().inputs[0];
    EXPECT_EQ(input.role, "image");
    EXPECT_EQ(std::filesystem::path(input.path).extension(), ".png") << "exact";
    EXPECT_EQ(input.path, newestFile().string());
    auto* strip = find<ui::FilmStrip>("film-strip");
    ASSERT_TRUE(until([&] { return clips() == 4; }));
    EXPECT_EQ(strip->model()->index(0, 0).data().toString().toStdString(), "still");
    const Recipe still = recipe_from_json(input.made_by);
    EXPECT_EQ(still.model, "fake-still");
    EXPECT_EQ(still.prompt, "a red fox");
    EXPECT_EQ(still.seed, seed);
    EXPECT_EQ(recipe().model, before.model) << "the panel is the clip's, as it was";
    EXPECT_EQ(recipe().width, before.width);
    EXPECT_EQ(
        find<QLabel>("toast-text")->text().toStdString(),
        "The clip begins with this still. Generate makes it move."
    );
    window().activateWindow();
    ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(4)) << find<QLabel>("error-message")->text().toStdString();
    const auto written = read_recipe(newestFile());
    ASSERT_TRUE(written);
    EXPECT_EQ(recipe_from_json(recipe_from_json(*written).inputs.at(0).made_by), still)
        << "the clip's recipe keeps both";
    const QString fact = find<ui::FactsView>("clip-facts")->value(QStringLiteral("First picture"));
    EXPECT_TRUE(fact.contains(QStringLiteral("“a red fox”, fake-still"))) << fact.toStdString();
    shot(QStringLiteral("still-then-clip"));
}

TEST_F(StillStory, WithoutAPromptItAsksForOne) {
    openWithPictures();
    find<ui::PromptEdit>("prompt")->clear();
    find<QPushButton>("still-first")->click();
    EXPECT_EQ(window().findChild<ui::SeedPage*>(), nullptr);
    EXPECT_TRUE(find<QLabel>("toast-text")->text().startsWith(QStringLiteral("Type a prompt first")));
}

TEST_F(StillStory, OfferedWhereAModelOfStillsAndAFirstPictureAre) {
    models_.pop_back();
    openWithPictures();
    EXPECT_FALSE(find<QPushButton>("still-first")->isVisible()) << "nothing draws one";
    closeStudio();
    models_.push_back(stills("fake-still", "Fake model of stills"));
    models_.push_back(stills("other-still", "Another one"));
    openWithPictures();
    auto* button = find<QPushButton>("still-first");
    EXPECT_TRUE(button->isVisible());
    ASSERT_NE(button->menu(), nullptr) << "it asks by which";
    ASSERT_EQ(button->menu()->actions().size(), 2);
    button->menu()->actions()[1]->trigger();
    ASSERT_NE(window().findChild<ui::SeedPage*>(), nullptr);
    EXPECT_EQ(sketches().recipeOf(0).model, "other-still");
    window().findChild<ui::SeedPage*>()->close();
    find<ui::RecipePanel>("recipe-panel")->chooseModel(models_[0].id);
    EXPECT_FALSE(button->isVisible()) << "a model that begins with no picture";
}

} // namespace
} // namespace rushes::testing
