#include "base/atomic_file.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "library/film_strip.h"
#include "media/encoder.h"
#include "stage/stage_panel.h"

#include <latch>
#include <set>

#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>

namespace rushes::testing {
namespace {

class LibraryStory : public StudioFixture {
protected:
    const ClipRecord& record(int row) { return window().session().shelf().model().item(row).record; }

    ui::FilmStrip& strip() { return *find<ui::FilmStrip>("film-strip"); }

    QString shownPrompt() { return find<QLabel>("inspector-prompt")->text(); }

    void clickClip(int row) {
        auto* strip = find<ui::FilmStrip>("film-strip");
        const QRect place = strip->visualRect(strip->model()->index(row, 0));
        QTest::mouseClick(strip->viewport(), Qt::LeftButton, {}, place.center());
    }
};

TEST_F(LibraryStory, AClickShowsTheClipAndRestoresItsSettingsAsOneStep) {
    openStudio();
    make(QStringLiteral("a red ball"));
    const Recipe first = record(0).recipe;
    find<QAbstractButton>("aspect-1x1")->click();
    make(QStringLiteral("a green star"));
    const Recipe second = recipe(); // with the seed of the next one
    clickClip(1);
    ASSERT_TRUE(until([&] { return recipe().prompt == "a red ball"; }));
    EXPECT_EQ(recipe().seed, first.seed);
    EXPECT_EQ(recipe().width, first.width);
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.clip()->shape().width == 160 && !player.clip()->growing(); }));
    EXPECT_EQ(player.clip()->finalFrames(), 33);
    EXPECT_EQ(player.picture().size(), QSize(160, 96));
    EXPECT_TRUE(find<QWidget>("toast")->isVisible());
    EXPECT_EQ(find<QLabel>("inspector-prompt")->text().toStdString(), "a red ball");
    shot(QStringLiteral("restored"));
    click("toast-action");
    EXPECT_EQ(recipe(), second);
}

TEST_F(LibraryStory, TheStripIsThereAgainAfterARestart) {
    openStudio();
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    closeStudio();
    openStudio();
    ASSERT_EQ(clips(), 2);
    auto& model = window().session().shelf().model();
    EXPECT_EQ(model.item(0).record.recipe.prompt, "a green star");
    EXPECT_TRUE(until([&] { return !model.item(0).thumbnail.isNull() && !model.item(1).thumbnail.isNull(); })
    );
}

TEST_F(LibraryStory, ThumbnailsComeFromTheCacheTheSecondTime) {
    openStudio();
    make(QStringLiteral("a red ball"));
    auto& model = window().session().shelf().model();
    ASSERT_TRUE(until([&] { return !model.item(0).thumbnail.isNull(); }));
    closeStudio();
    ASSERT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "cache"), {}), 1);
    // What is in the cache is shown, not made again.
    QImage marked(20, 12, QImage::Format_RGB32);
    marked.fill(Qt::magenta);
    ASSERT_TRUE(marked.save(ui::toQString(std::filesystem::directory_iterator(folder_ / "cache")->path())));
    openStudio();
    auto& again = window().session().shelf().model();
    ASSERT_TRUE(until([&] { return !again.item(0).thumbnail.isNull(); }));
    EXPECT_EQ(again.item(0).thumbnail.pixelColor(5, 5), QColor(Qt::magenta));
}

TEST_F(LibraryStory, HoverPlays) {
    openStudio();
    make(QStringLiteral("a red ball"));
    auto& model = window().session().shelf().model();
    ASSERT_TRUE(until([&] { return !model.item(0).thumbnail.isNull(); }));
    auto* strip = find<ui::FilmStrip>("film-strip");
    const QRect place = strip->visualRect(strip->model()->index(0, 0));
    const auto seen = [&] { return strip->viewport()->grab(place).toImage(); };
    const QImage still = seen();
    QTest::mouseMove(strip->viewport(), place.center());
    EXPECT_TRUE(until([&] { return model.item(0).moving.size() > 10; }));
    std::set<std::size_t> pictures;
    EXPECT_TRUE(until([&] {
        const QImage picture = seen();
        pictures.insert(qHashBits(picture.constBits(), static_cast<std::size_t>(picture.sizeInBytes())));
        return pictures.size() > 3;
    }));
    QTest::mouseMove(strip->viewport(), QPoint(place.right() + 100, place.center().y()));
    EXPECT_TRUE(until([&] { return seen() == still; }));
}

TEST_F(LibraryStory, FramesReadAgainFromALongClipDoNotHoldUpTheNextClip) {
    openStudio();
    make(QStringLiteral("a red ball"));
    auto& shelf = window().session().shelf();
    // A clip whose first frame has left memory, on a disk that takes its time.
    std::latch disk(1);
    const auto store = std::make_shared<FrameStore>(1, [&](std::int64_t) -> FramePtr {
        disk.wait();
        return nullptr;
    });
    for (int i = 0; i < 2; ++i) {
        store->add(std::make_shared<Frame>(Frame{.width = 1, .height = 1, .index = i, .rgb = {1, 2, 3}}));
    }
    ASSERT_EQ(store->try_get(0), nullptr);
    int answers = 0;
    const auto count = [&](const FramePtr&) { ++answers; };
    shelf.fetch(store, 0, count);
    const auto clip = shelf.open(shelf.model().item(0).record, [] {});
    shelf.fetch(store, 0, count);
    disk.count_down();
    EXPECT_TRUE(until([&] { return !clip->growing() && answers > 0; }));
    EXPECT_EQ(clip->finalFrames(), 33);
}

TEST_F(LibraryStory, ADroppedClipRestoresItsSettingsAndIsShown) {
    openStudio();
    make(QStringLiteral("a red ball"));
    const Recipe made = record(0).recipe;
    const auto file = folder_ / "from elsewhere.mp4";
    std::filesystem::copy_file(newestFile(), file);
    type(QStringLiteral("something else"));
    drop(file);
    ASSERT_TRUE(until([&] { return recipe().prompt == "a red ball"; }));
    EXPECT_EQ(recipe().seed, made.seed);
    ui::Player& player = window().stage().player();
    EXPECT_TRUE(until([&] { return player.clip()->finalFrames() == 33 && !player.clip()->growing(); }));
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(recipe().prompt, "something else");
}

TEST_F(LibraryStory, ADroppedRecipeFileRestoresTheSettings) {
    openStudio();
    Recipe stored = recipe();
    stored.prompt = "a star spins";
    stored.seed = 42;
    write_file(folder_ / "recipe.json", to_json(stored));
    drop(folder_ / "recipe.json");
    ASSERT_TRUE(until([&] { return recipe().seed == 42; }));
    EXPECT_EQ(recipe().prompt, "a star spins");
}

TEST_F(LibraryStory, AFileWithoutARecipeSaysSo) {
    openStudio();
    write_file(folder_ / "letter.mp4", "Dear Sir or Madam, this is no clip.");
    drop(folder_ / "letter.mp4");
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    EXPECT_FALSE(find<QLabel>("error-message")->text().isEmpty());
}

TEST_F(LibraryStory, AClipWhoseFileIsGoneIsMarked) {
    openStudio();
    make(QStringLiteral("a red ball"));
    std::filesystem::remove(newestFile());
    closeStudio();
    openStudio();
    auto& model = window().session().shelf().model();
    EXPECT_TRUE(until([&] { return model.item(0).missing; }));
}

TEST_F(LibraryStory, ADatabaseThatCannotBeReadIsACardAndTheStudioStillWorks) {
    write_file(
        parts().database, "this is not a database, and it is long enough to be recognised as something else"
    );
    window_ = std::make_unique<ui::MainWindow>(parts());
    window_->show();
    window_->session().start();
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    ASSERT_TRUE(until([&] { return window().session().engineReady() && !window().session().models().empty(); }
    ));
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    clickClip(1); // clips without a number in the library are told apart all the same
    EXPECT_TRUE(until([&] { return find<QLabel>("inspector-prompt")->text() == QLatin1String("a red ball"); })
    );
}

TEST_F(LibraryStory, ADeletedClipCanBeBroughtBackAndTheStageShowsWhatIsSelected) {
    openStudio();
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    ASSERT_TRUE(until([&] { return shownPrompt() == QLatin1String("a green star"); }));
    const auto removed = record(0).id;
    type(QStringLiteral("typed before"));
    strip().setFocus();
    QTest::keyClick(&strip(), Qt::Key_Delete);
    EXPECT_EQ(clips(), 1);
    EXPECT_TRUE(find<QLabel>("toast-text")->text().startsWith(QStringLiteral("Removed")));
    // The neighbour lies on the stage, and is the chosen one; the settings are left alone.
    ASSERT_TRUE(until([&] { return shownPrompt() == QLatin1String("a red ball"); }));
    EXPECT_EQ(strip().currentIndex().row(), 0);
    EXPECT_EQ(recipe().prompt, "typed before");
    press(Qt::Key_Z, Qt::ControlModifier);
    ASSERT_EQ(clips(), 2);
    EXPECT_EQ(record(0).id, removed);
    EXPECT_EQ(record(0).recipe.prompt, "a green star");
    EXPECT_EQ(recipe().prompt, "typed before");
    ASSERT_TRUE(until([&] { return shownPrompt() == QLatin1String("a green star"); }));
    closeStudio(); // and it is in the library again
    openStudio();
    EXPECT_EQ(clips(), 2);
}

TEST_F(LibraryStory, AClipWhoseFileIsGoneNeverLendsItsNameToAnother) {
    openStudio();
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    ASSERT_TRUE(until([&] { return shownPrompt() == QLatin1String("a green star"); }));
    const Recipe before = recipe();
    std::filesystem::remove(record(1).file);
    clickClip(1);
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    EXPECT_EQ(shownPrompt(), QStringLiteral("a green star")); // what is on the stage
    ASSERT_TRUE(window().desk().shown().has_value());
    EXPECT_EQ(window().desk().shown()->recipe.prompt, "a green star"); // what an export would write
    EXPECT_EQ(strip().currentIndex().row(), 0);
    EXPECT_EQ(recipe(), before);
    EXPECT_TRUE(window().session().shelf().model().item(1).missing);
    shot(QStringLiteral("clip-missing"));
    EXPECT_EQ(find<QPushButton>("error-lever-2")->text().toStdString(), "Remove from the strip");
    click("error-lever-2");
    EXPECT_EQ(clips(), 1);
    EXPECT_FALSE(find<QWidget>("error-card")->isVisible());
}

TEST_F(LibraryStory, EveryClipCanBeReached) {
    ClipLibrary library(parts().database);
    constexpr int many = 468;
    for (int i = 0; i < many; ++i) {
        ClipRecord record;
        record.file = folder_ / ("clip-" + std::to_string(i) + ".mp4");
        record.recipe.prompt = i == 0 ? "the very first" : "another";
        record.created_unix_ms = 1000 + i;
        library.add(record);
    }
    openStudio();
    EXPECT_TRUE(
        find<QWidget>("status-right")->property("text").toString().startsWith(QStringLiteral("468 clips"))
    );
    // Scrolled to the end, the strip goes on.
    ASSERT_TRUE(until([&] {
        strip().horizontalScrollBar()->setValue(strip().horizontalScrollBar()->maximum());
        return clips() == many;
    }));
    EXPECT_EQ(record(many - 1).recipe.prompt, "the very first");
}

TEST_F(LibraryStory, TheStageFollowsTheClipThatIsGenerated) {
    openStudio();
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    clickClip(1);
    ASSERT_TRUE(until([&] { return shownPrompt() == QLatin1String("a red ball"); }));
    make(QStringLiteral("a blue cube"));
    EXPECT_TRUE(until([&] { return shownPrompt() == QLatin1String("a blue cube"); }));
    EXPECT_TRUE(until([&] { return strip().currentIndex().row() == 0; }));
}

TEST_F(LibraryStory, ADroppedClipOfTheStripIsTheOneThatIsChosen) {
    openStudio();
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    drop(record(1).file);
    ASSERT_TRUE(until([&] { return shownPrompt() == QLatin1String("a red ball"); }));
    EXPECT_EQ(strip().currentIndex().row(), 1);
}

TEST_F(LibraryStory, TheLastClipIsOnTheStageAfterARestart) {
    openStudio();
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    type(QStringLiteral("typed last"));
    closeStudio();
    openStudio();
    ASSERT_TRUE(until([&] { return !window().stage().player().picture().isNull(); }));
    EXPECT_EQ(shownPrompt(), QStringLiteral("a green star"));
    EXPECT_EQ(strip().currentIndex().row(), 0);
    EXPECT_EQ(recipe().prompt, "typed last");
}

TEST_F(LibraryStory, AVideoWithoutARecipeIsShown) {
    openStudio();
    make(QStringLiteral("a red ball"));
    ExportSettings settings;
    settings.embed_recipe = false;
    const auto file = folder_ / "plain.mp4";
    const auto encoder = Encoder::open(file, 64, 32, {10, 1}, settings, "");
    for (int i = 0; i < 5; ++i) {
        encoder->write(
            {.width = 64, .height = 32, .index = i, .rgb = std::vector<std::uint8_t>(64 * 32 * 3, 90)}
        );
    }
    encoder->finish();
    const Recipe before = recipe();
    drop(file);
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return player.picture().size() == QSize(64, 32); }));
    EXPECT_FALSE(find<QWidget>("error-card")->isVisible());
    EXPECT_EQ(recipe(), before);
}

TEST_F(LibraryStory, TheToastOnlyUndoesWhatItTells) {
    openStudio();
    make(QStringLiteral("a red ball"));
    type(QStringLiteral("a typed prompt"));
    clickClip(0);
    ASSERT_TRUE(until([&] { return recipe().prompt == "a red ball"; }));
    press(Qt::Key_Z, Qt::ControlModifier);
    ASSERT_EQ(recipe().prompt, "a typed prompt");
    // What the toast offers now is to do it again, and no second undo.
    EXPECT_EQ(find<QPushButton>("toast-action")->text().toStdString(), "Redo");
}

TEST_F(LibraryStory, ASearchLeavesTheClipsWithTheseWords) {
    openStudio();
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    press(Qt::Key_F, Qt::ControlModifier);
    auto* search = find<QLineEdit>("strip-search");
    ASSERT_TRUE(search->isVisible());
    QTest::keyClicks(search, QStringLiteral("ball"));
    ASSERT_TRUE(until([&] { return clips() == 1; }));
    EXPECT_EQ(record(0).recipe.prompt, "a red ball");
    QTest::keyClick(search, Qt::Key_Escape);
    EXPECT_FALSE(search->isVisible());
    EXPECT_TRUE(until([&] { return clips() == 2; }));
    EXPECT_EQ(record(strip().currentIndex().row()).file, window().desk().shown()->file); // marked as before
}

TEST_F(LibraryStory, ClipsOfAnotherWindowAppear) {
    openStudio();
    make(QStringLiteral("a red ball"));
    ClipRecord other = record(0);
    other.id = 0;
    other.recipe.prompt = "from the other window";
    other.created_unix_ms += 1000;
    ClipLibrary(parts().database).add(other);
    ASSERT_TRUE(until([&] { return clips() == 2; }));
    EXPECT_EQ(record(0).recipe.prompt, "from the other window");
}

} // namespace
} // namespace rushes::testing
