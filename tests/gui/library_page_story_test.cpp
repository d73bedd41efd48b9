// The page of all clips: found by words and tags, rated, tagged, taken away and brought back; and clips that
// were moved outside.
#include "convert.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "library/clip_grid.h"
#include "library/library_page.h"
#include "media/clip_reader.h"
#include "media/encoder.h"
#include "stage/stage_panel.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>

namespace rushes::testing {
namespace {

class LibraryPageStory : public StudioFixture {
protected:
    ui::LibraryPage& openPage() {
        press(Qt::Key_B, Qt::ControlModifier);
        auto* page = window().findChild<ui::LibraryPage*>();
        EXPECT_NE(page, nullptr);
        EXPECT_TRUE(until([&] { return page->isVisible(); }));
        return *page;
    }

    ui::ClipGridModel& found() { return window().session().shelf().grid(); }

    bool shows(int clips) {
        return until([&] { return found().rowCount() == clips; });
    }

    /// Chooses a tile whose record has come.
    void choose(ui::LibraryPage& page, int row) {
        ASSERT_TRUE(until([&] { return found().find(found().idAt(row)).has_value(); }));
        page.grid().setFocus();
        page.grid().setCurrentIndex(found().index(row));
    }

    std::string prompt(int row) { return found().item(row).record.recipe.prompt; }

    ClipRecord stored(std::int64_t id) { return ClipLibrary(parts().database).find(id).value(); }

    void makeThree() {
        openStudio();
        Recipe next = recipe();
        next.seed = 0;
        for (const char* words : {"a red ball", "a green star", "a blue ball"}) {
            ++next.seed; // the fake pictures of every seventh seed look alike
            window().desk().applyRecipe(next);
            make(QLatin1String(words));
        }
    }
};

TEST_F(LibraryPageStory, WordsLeaveTheClipsThatHaveThem) {
    makeThree();
    ui::LibraryPage& page = openPage();
    ASSERT_TRUE(shows(3));
    auto* search = page.findChild<QLineEdit*>(QStringLiteral("library-search"));
    QTest::keyClicks(search, QStringLiteral("ball"));
    ASSERT_TRUE(shows(2));
    EXPECT_EQ(page.findChild<QLabel*>(QStringLiteral("library-count"))->text().toStdString(), "2 of 3 clips");
    choose(page, 1);
    EXPECT_EQ(prompt(1), "a red ball");
    shot(QStringLiteral("library"));
    QTest::keyClick(&page.grid(), Qt::Key_Return);
    ASSERT_TRUE(until([&] {
        return window().desk().shown() && window().desk().shown()->recipe.prompt == "a red ball";
    }));
    EXPECT_EQ(recipe().prompt, "a red ball");
    EXPECT_FALSE(page.isVisible()); // the stage is seen
    ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    openPage(); // as it was left
    ASSERT_TRUE(until([&] { return page.isActiveWindow(); }));
    EXPECT_EQ(found().rowCount(), 2);
    QTest::keyClick(&page, Qt::Key_Escape); // first all clips again, then the page goes
    EXPECT_TRUE(shows(3));
    EXPECT_EQ(page.findChild<QLabel*>(QStringLiteral("library-count"))->text().toStdString(), "3 clips");
    EXPECT_TRUE(page.isVisible());
    QTest::keyClick(&page, Qt::Key_Escape);
    EXPECT_FALSE(page.isVisible());
}

TEST_F(LibraryPageStory, StarsAndTagsAreKeptFoundAndUndone) {
    makeThree();
    ui::LibraryPage& page = openPage();
    ASSERT_TRUE(shows(3));
    choose(page, 0);
    const std::int64_t id = found().idAt(0);
    QTest::keyClick(&page.grid(), Qt::Key_4);
    ASSERT_TRUE(until([&] { return stored(id).rating == 4; }));
    auto* stars = page.findChild<QComboBox*>(QStringLiteral("library-stars"));
    stars->setCurrentIndex(4);
    emit stars->activated(4);
    ASSERT_TRUE(shows(1));
    stars->setCurrentIndex(0);
    emit stars->activated(0);
    ASSERT_TRUE(shows(3));
    choose(page, 1);
    const std::int64_t second = found().idAt(1);
    QTest::keyClick(&page.grid(), Qt::Key_T);
    auto* line = page.findChild<QLineEdit*>(QStringLiteral("library-tags"));
    ASSERT_TRUE(until([&] { return line->isVisible(); }));
    QTest::keyClicks(line, QStringLiteral(" holiday , by the sea"));
    QTest::keyClick(line, Qt::Key_Return);
    ASSERT_TRUE(until([&] { return stored(second).tags.size() == 2; }));
    QTest::keyClicks(page.findChild<QLineEdit*>(QStringLiteral("library-search")), QStringLiteral("the sea"));
    ASSERT_TRUE(shows(1));
    EXPECT_EQ(found().idAt(0), second);
    auto* tags = page.findChild<QComboBox*>(QStringLiteral("library-tag"));
    EXPECT_TRUE(until([&] { return tags->count() == 3; }));
    window().activateWindow();
    ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(until([&] { return stored(second).tags.empty(); }));
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(until([&] { return stored(id).rating == 0; }));
}

TEST_F(LibraryPageStory, CollectionsAreFilledShownEmptiedAndUndone) {
    makeThree();
    ui::LibraryPage& page = openPage();
    ASSERT_TRUE(shows(3));
    const auto collections = [&] { return ClipLibrary(parts().database).collections(); };
    const auto undo = [&] {
        window().activateWindow();
        ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
        press(Qt::Key_Z, Qt::ControlModifier);
    };
    const auto typeName = [&](const QString& name) {
        auto* line = page.findChild<QLineEdit*>(QStringLiteral("library-collection-name"));
        ASSERT_NE(line, nullptr);
        ASSERT_TRUE(until([&] { return line->isVisible(); }));
        QTest::keyClicks(line, name);
        QTest::keyClick(line, Qt::Key_Return);
    };
    auto* filter = page.findChild<QComboBox*>(QStringLiteral("library-collection"));
    EXPECT_FALSE(filter->isVisible()); // there is none yet
    choose(page, 2);
    const std::int64_t ball = found().idAt(2);
    QTest::keyClick(&page.grid(), Qt::Key_C);
    typeName(QStringLiteral("Summer"));
    ASSERT_TRUE(until([&] { return collections().size() == 1 && filter->count() == 2; }));
    EXPECT_EQ(collections()[0].clips, 1);
    EXPECT_TRUE(filter->isVisible());
    page.grid().selectAll(); // the one that is in it stays in it when this is undone
    QTest::keyClick(&page.grid(), Qt::Key_C);
    typeName(QStringLiteral("summer"));
    ASSERT_TRUE(until([&] { return collections()[0].clips == 3; }));
    undo();
    ASSERT_TRUE(until([&] { return collections()[0].clips == 1; }));
    filter->setCurrentIndex(1);
    emit filter->activated(1);
    ASSERT_TRUE(shows(1));
    EXPECT_EQ(found().idAt(0), ball);
    shot(QStringLiteral("library-collection"));
    emit page.grid().takeOutRequested({ball}); // from its menu
    ASSERT_TRUE(shows(0));
    undo();
    ASSERT_TRUE(shows(1));
    emit page.collectionRemoved(page.collection().value());
    ASSERT_TRUE(until([&] { return collections().empty(); }));
    undo();
    ASSERT_TRUE(until([&] { return collections().size() == 1 && collections()[0].clips == 1; }));
    undo(); // of the very first step: the collection goes with its only clip
    EXPECT_TRUE(until([&] { return collections().empty(); }));
}

TEST_F(LibraryPageStory, AClipThatAPlatformCutAndEncodedAnewIsKnownByItsLook) {
    makeThree();
    const ui::ClipStripModel& strip = window().session().shelf().model();
    const ClipRecord star = strip.item(1).record;
    ASSERT_TRUE(until([&] { return ClipLibrary(parts().database).has_look(star.id); }));
    const std::filesystem::path posted = folder_ / "posted.mp4";
    {
        ExportSettings tall{.width = 180, .height = 320, .fit = Fit::crop, .quality = 32};
        tall.embed_recipe = false;
        ClipReader reader(star.file);
        const auto encoder = Encoder::open(posted, star.width, star.height, star.recipe.frame_rate, tall, {});
        while (const FramePtr frame = reader.next()) {
            encoder->write(*frame);
        }
        encoder->finish();
    }
    type(QStringLiteral("something else"));
    window().desk().openFile(ui::toQString(posted));
    ASSERT_TRUE(until([&] {
        return find<QLabel>("toast-text")->text().contains(QStringLiteral("a green star"));
    }));
    click("toast-action");
    EXPECT_EQ(recipe().prompt, "a green star");
    EXPECT_EQ(recipe().seed, star.recipe.seed);
}

TEST_F(LibraryPageStory, WhatIsTakenAwayComesBackInOneStep) {
    makeThree();
    ui::LibraryPage& page = openPage();
    ASSERT_TRUE(shows(3));
    for (int row = 0; row < 3; ++row) {
        choose(page, row);
    }
    page.grid().selectAll();
    QTest::keyClick(&page.grid(), Qt::Key_Delete);
    EXPECT_TRUE(shows(0));
    EXPECT_EQ(clips(), 0);
    shot(QStringLiteral("library-empty"));
    window().activateWindow();
    ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(shows(3));
    EXPECT_EQ(clips(), 3);
}

TEST_F(LibraryPageStory, AClipThatIsMadeMeanwhileComesFirstAndTheRestStays) {
    makeThree();
    ui::LibraryPage& page = openPage();
    ASSERT_TRUE(shows(3));
    choose(page, 2);
    const std::int64_t chosen = found().idAt(2);
    window().desk().generate();
    ASSERT_TRUE(generated(3));
    ASSERT_TRUE(shows(4));
    EXPECT_EQ(found().idAt(page.grid().currentIndex().row()), chosen);
}

TEST_F(LibraryPageStory, AHundredScreensAreReadAsTheyAreSeen) {
    constexpr int many = 5000;
    {
        ClipLibrary library(parts().database);
        ClipRecord record;
        record.width = 160;
        record.height = 96;
        for (int i = 0; i < many; ++i) {
            record.file = folder_ / ("clip-" + std::to_string(i) + ".mp4");
            record.recipe.prompt = "number " + std::to_string(i);
            library.add(record);
        }
    }
    openStudio();
    ui::LibraryPage& page = openPage();
    ASSERT_TRUE(shows(many));
    EXPECT_EQ(page.findChild<QLabel*>(QStringLiteral("library-count"))->text().toStdString(), "5,000 clips");
    EXPECT_FALSE(found().find(found().idAt(many - 1)).has_value()); // nobody looked there yet
    ASSERT_TRUE(until([&] { // the view learns in its own time how far it goes
        page.grid().verticalScrollBar()->setValue(page.grid().verticalScrollBar()->maximum());
        return found().find(found().idAt(many - 1)).has_value();
    }));
    EXPECT_EQ(prompt(many - 1), "number 0");
    EXPECT_FALSE(found().find(found().idAt(many / 2)).has_value());
}

TEST_F(LibraryPageStory, AClipThatWasMovedOutsideIsFoundByItsContent) {
    openStudio();
    make(QStringLiteral("a red ball"));
    const std::int64_t id = window().session().shelf().model().item(0).record.id;
    const std::filesystem::path before = newestFile();
    closeStudio();
    const std::filesystem::path after = folder_ / "videos" / "best of" / "the ball.mp4";
    std::filesystem::create_directories(after.parent_path());
    std::filesystem::rename(before, after);
    openStudio();
    ASSERT_TRUE(until([&] { return newestFile() == after; }));
    EXPECT_TRUE(until([&] { return !window().session().shelf().model().item(0).missing; }));
    EXPECT_TRUE(find<QLabel>("toast-text")->text().contains(QStringLiteral("the ball.mp4")));
    ASSERT_TRUE(until([&] { return !window().stage().player().picture().isNull(); }));
    EXPECT_EQ(stored(id).file, after);
}

} // namespace
} // namespace rushes::testing
