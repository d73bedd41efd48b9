// Small things that a new user stumbled over: words, menus, names.
#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "library/film_strip.h"
#include "stage/stage_panel.h"
#include "theme/icons.h"

#include <QAbstractButton>
#include <QAbstractFileIconProvider>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QTreeView>

namespace rushes::testing {
namespace {

class WordsStory : public StudioFixture {
protected:
    const ClipRecord& record(int row) { return window().session().shelf().model().item(row).record; }

    void rename(const char* name) {
        ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
        window().actions()[ui::Command::rename_clip].trigger();
        auto* field = find<QLineEdit>("rename-clip");
        ASSERT_NE(field, nullptr);
        field->selectAll();
        QTest::keyClicks(field, QLatin1String(name));
        QTest::keyClick(field, Qt::Key_Return);
    }
};

TEST_F(WordsStory, AKnownWordTakesThePlaceOfAnUnknownOne) {
    openStudio();
    const int below = find<QWidget>("model")->mapTo(&window(), QPoint()).y();
    type(QStringLiteral("a red elephant bounces"));
    auto* chips = find<QWidget>("known-words");
    EXPECT_TRUE(chips->isVisible());
    EXPECT_FALSE(find<QWidget>("examples")->isVisible());
    EXPECT_EQ(find<QWidget>("model")->mapTo(&window(), QPoint()).y(), below); // nothing moved
    shot(QStringLiteral("known-words"));
    click("word-ball");
    EXPECT_EQ(recipe().prompt, "a red ball bounces");
    EXPECT_EQ(QApplication::focusWidget(), find<ui::PromptEdit>("prompt"));
    EXPECT_FALSE(chips->isVisible());
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(recipe().prompt, "a red elephant bounces");
}

TEST_F(WordsStory, AClipIsRenamedAndTheNameComesBackWithUndo) {
    openStudio();
    make(QStringLiteral("a red ball"));
    const auto old = record(0).file;
    rename("my first: ball");
    ASSERT_TRUE(until([&] { return record(0).file.stem() == "my first: ball"; }));
    EXPECT_TRUE(std::filesystem::exists(record(0).file));
    EXPECT_FALSE(std::filesystem::exists(old));
    EXPECT_EQ(window().desk().shown()->file, record(0).file); // what is exported bears that name
    press(Qt::Key_Z, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return record(0).file == old; }));
    EXPECT_TRUE(std::filesystem::exists(old));
    closeStudio();
    openStudio();
    EXPECT_EQ(record(0).file, old);
}

TEST_F(WordsStory, ANameThatIsTakenIsNotOverwrittenAndEscLeavesIt) {
    openStudio();
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    ASSERT_TRUE(until([&] {
        return window().desk().shown() && window().desk().shown()->file == record(0).file;
    }));
    const auto other = record(1).file;
    rename(other.stem().c_str());
    ASSERT_TRUE(until([&] { return record(0).file.stem() == other.stem().string() + "-1"; }));
    EXPECT_TRUE(std::filesystem::exists(other));
    const auto now = record(0).file;
    window().actions()[ui::Command::rename_clip].trigger();
    auto* field = find<QLineEdit>("rename-clip");
    QTest::keyClicks(field, QStringLiteral("else"));
    QTest::keyClick(field, Qt::Key_Escape);
    QCoreApplication::processEvents();
    EXPECT_EQ(record(0).file, now);
}

TEST_F(WordsStory, TheFileDialogIsOursAndWide) {
    openStudio();
    window().actions()[ui::Command::open_recipe].trigger(); // and does not hold up the window
    auto* dialog = find<QFileDialog>("file-dialog");
    ASSERT_NE(dialog, nullptr);
    EXPECT_GE(dialog->width(), 800);
    const auto painted = [&](QAbstractFileIconProvider::IconType type) {
        return dialog->iconProvider()->icon(type).pixmap(32).toImage();
    };
    EXPECT_EQ(
        painted(QAbstractFileIconProvider::File), ui::icon(QStringLiteral("film")).pixmap(32).toImage()
    );
    EXPECT_EQ(
        painted(QAbstractFileIconProvider::Folder), ui::icon(QStringLiteral("folder")).pixmap(32).toImage()
    );
    for (const QTreeView* list : dialog->findChildren<QTreeView*>(QStringLiteral("treeView"))) {
        EXPECT_EQ(list->header()->sectionResizeMode(0), QHeaderView::Stretch); // whole names
        EXPECT_NE(list->textElideMode(), Qt::ElideMiddle);
    }
    dialog->reject();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

TEST_F(WordsStory, SeveralClipsAreRemovedAndComeBackInOneStep) {
    openStudio();
    for (const char* prompt : {"a red ball", "a green star", "the sea"}) {
        make(QLatin1String(prompt));
    }
    auto* strip = find<ui::FilmStrip>("film-strip");
    strip->setFocus();
    for (const int row : {0, 2}) {
        strip->selectionModel()->select(strip->model()->index(row, 0), QItemSelectionModel::Select);
    }
    strip->selectionModel()->select(strip->model()->index(1, 0), QItemSelectionModel::Deselect);
    QTest::keyClick(strip, Qt::Key_Delete);
    EXPECT_EQ(clips(), 1);
    EXPECT_EQ(record(0).recipe.prompt, "a green star");
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(clips(), 3);
}

TEST_F(WordsStory, FavouritesCanBeShownAlone) {
    openStudio();
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    emit find<ui::FilmStrip>("film-strip")->favouriteRequested(record(1).id, true);
    EXPECT_TRUE(find<QLabel>("toast-text")->text().contains(QStringLiteral("favourite")));
    press(Qt::Key_F, Qt::ControlModifier);
    click("strip-favourites");
    ASSERT_TRUE(until([&] { return clips() == 1; }));
    EXPECT_EQ(record(0).recipe.prompt, "a red ball");
    QTest::keyClick(find<QAbstractButton>("strip-favourites"), Qt::Key_Escape);
    EXPECT_TRUE(until([&] { return clips() == 2; }));
}

} // namespace
} // namespace rushes::testing
