// Words and places of the window that a new user once stumbled over (docs/ui-walk.md).
#include "base/atomic_file.h"
#include "controls/basic.h"
#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "desk/desk.h"
#include "export/export_dialog.h"
#include "gui/studio_fixture.h"
#include "library/film_strip.h"
#include "queue/facts_view.h"
#include "shell/preferences.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"

#include <QAbstractButton>
#include <QClipboard>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMenuBar>
#include <QProgressBar>
#include <QScrollArea>
#include <QToolTip>

namespace rushes::testing {
namespace {

class LookStory : public StudioFixture {
protected:
    std::string textOf(const char* name) { return find<ui::FigureLabel>(name)->text().toStdString(); }

    void makeOnStage(const QString& prompt) {
        make(prompt);
        ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
    }

    /// The words of the menu that `open` brings up.
    QStringList menuOf(const std::function<void()>& open) {
        QStringList words;
        QTimer::singleShot(0, &window(), [&] {
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            ASSERT_NE(menu, nullptr);
            for (const QAction* action : menu->actions()) {
                words << action->text().section(QLatin1Char('\t'), 0, 0);
            }
            menu->close();
        });
        open();
        return words;
    }

    bool inSight(const char* name) {
        const auto* scroll = find<ui::RecipePanel>("recipe-panel")->findChild<QScrollArea*>();
        const QWidget* widget = find<QWidget>(name);
        const QRect place(widget->mapTo(scroll->viewport(), QPoint()), widget->size());
        return scroll->viewport()->rect().contains(place);
    }
};

TEST_F(LookStory, TimeIsToldInMinutesSecondsAndTenths) {
    openStudio();
    makeOnStage(QStringLiteral("a red ball"));
    press(Qt::Key_Escape);
    press(Qt::Key_K);
    press(Qt::Key_End);
    EXPECT_EQ(textOf("position"), "0:02.6"); // the last of 33 frames at 12 a second
    EXPECT_EQ(textOf("length"), "0:02.7");
    EXPECT_EQ(find<QWidget>("position")->toolTip().toStdString(), "Frame 33 of 33");
}

TEST_F(LookStory, AnotherSpeedIsSeen) {
    openStudio();
    makeOnStage(QStringLiteral("a red ball"));
    press(Qt::Key_Escape);
    press(Qt::Key_K);
    press(Qt::Key_L);
    EXPECT_FALSE(find<QWidget>("speed")->isVisible()); // the usual one
    press(Qt::Key_L);
    EXPECT_TRUE(find<QWidget>("speed")->isVisible());
    EXPECT_EQ(textOf("speed"), "2×");
    press(Qt::Key_K);
    press(Qt::Key_J);
    EXPECT_EQ(textOf("speed"), "-1×");
}

TEST_F(LookStory, TheViewMenuNamesItsPanels) {
    openStudio();
    QStringList words;
    for (const QAction* menu : window().menuBar()->actions()) {
        for (const QAction* action : menu->menu()->actions()) {
            words << action->text().remove(QLatin1Char('&'));
        }
    }
    EXPECT_TRUE(words.contains(QStringLiteral("Recipe panel")));
    EXPECT_FALSE(words.contains(QStringLiteral("Settings"))) << "settings are what the page of them holds";
}

TEST_F(LookStory, AnUprightClipHasAnUprightThumbnail) {
    openStudio();
    click("aspect-9x16");
    make(QStringLiteral("a red ball"));
    auto& model = window().session().shelf().model();
    ASSERT_TRUE(until([&] { return !model.item(0).thumbnail.isNull(); }));
    const QSize size = model.item(0).thumbnail.size();
    EXPECT_NEAR(static_cast<double>(size.width()) / size.height(), 96.0 / 160, 0.02);
}

TEST_F(LookStory, WhatAClipIsStandsAboveItsTile) {
    openStudio();
    make(QStringLiteral("a red ball"));
    auto* strip = find<ui::FilmStrip>("film-strip");
    const QRect tile = strip->visualRect(strip->model()->index(0, 0));
    QHelpEvent help(QEvent::ToolTip, tile.center(), strip->viewport()->mapToGlobal(tile.center()));
    QCoreApplication::sendEvent(strip->viewport(), &help);
    EXPECT_TRUE(QToolTip::text().contains(QStringLiteral("a red ball")));
    const QWidget* tip = nullptr;
    for (const QWidget* widget : QApplication::topLevelWidgets()) {
        tip = widget->inherits("QTipLabel") ? widget : tip;
    }
    ASSERT_NE(tip, nullptr);
    EXPECT_LE(tip->geometry().bottom(), strip->viewport()->mapToGlobal(tile.topLeft()).y());
    QToolTip::hideText();
}

TEST_F(LookStory, AMessageMovesNothing) {
    openStudio();
    makeOnStage(QStringLiteral("a red ball"));
    find<QWidget>("toast")->hide(); // a tip that came with the first clip
    QCoreApplication::processEvents();
    const QRect before = window().stage().view().pictureRect();
    window().desk().copySettings();
    EXPECT_TRUE(find<QWidget>("toast")->isVisible());
    QCoreApplication::processEvents();
    EXPECT_EQ(window().stage().view().pictureRect(), before);
}

TEST_F(LookStory, AClickOnAMessageIsNoneOnThePictureBelow) {
    openStudio();
    makeOnStage(QStringLiteral("a red ball"));
    window().desk().copySettings();
    const bool playing = window().stage().player().playing();
    QTest::mouseClick(find<QLabel>("toast-text"), Qt::LeftButton);
    EXPECT_EQ(window().stage().player().playing(), playing);
    QTest::mouseClick(&window().stage().view(), Qt::LeftButton);
    EXPECT_NE(window().stage().player().playing(), playing);
}

TEST_F(LookStory, TheNoticeOfLargerModelsFoldsAndLeavesTheFullScreen) {
    models_.resize(1); // the demonstration alone
    openStudio();
    auto* notice = find<QWidget>("model-notice");
    ASSERT_TRUE(notice->isVisible());
    EXPECT_FALSE(find<QWidget>("notice-unfold")->isVisible());
    make(QStringLiteral("a red ball"));
    EXPECT_TRUE(until([&] { return find<QWidget>("notice-unfold")->isVisible(); }));
    EXPECT_FALSE(find<QWidget>("notice-add-model")->isVisible());
    window().actions()[ui::Command::stage_alone].trigger();
    EXPECT_FALSE(notice->isVisible());
    window().actions()[ui::Command::stage_alone].trigger();
    EXPECT_TRUE(notice->isVisible());
}

TEST_F(LookStory, DetailsOfARunAreThereOnDemand) {
    openStudio();
    make(QStringLiteral("a red ball"));
    EXPECT_FALSE(find<QWidget>("run-details")->isVisible());
    EXPECT_EQ(find<ui::FactsView>("run-facts")->value(QStringLiteral("Denoising")), QString());
    click("run-details-toggle");
    EXPECT_TRUE(find<QWidget>("run-details")->isVisible());
    EXPECT_NE(find<ui::FactsView>("run-details")->value(QStringLiteral("Denoising")), QString());
}

TEST_F(LookStory, AdvancedScrollsToItselfAndOffersOnlyChoices) {
    models_[0].guidance_adjustable = true;
    openStudio();
    window().resize(1280, 640);
    click("advanced");
    EXPECT_TRUE(until([&] { return inSight("dtype"); }));
    EXPECT_EQ(find<QWidget>("dtype")->accessibleName().toStdString(), "Precision");
    EXPECT_FALSE(find<QWidget>("scheduler")->isVisible()) << "the only one is no choice";
}

/// As large as the window is by itself on a usual screen.
TEST_F(LookStory, AllOfTheRecipeIsInSightAtTheUsualSize) {
    for (const ModelInfo& model : {fake_causal_model(), fake_full_model()}) {
        models_ = {model};
        openStudio();
        QCoreApplication::processEvents();
        for (const char* name : {"prompt", "model", "duration", "steps", "seed", "advanced"}) {
            EXPECT_TRUE(inSight(name)) << model.id << ' ' << name;
        }
        closeStudio();
    }
}

TEST_F(LookStory, ThePromptGrowsWithItsText) {
    openStudio();
    auto* prompt = find<ui::PromptEdit>("prompt");
    const int before = prompt->height();
    type(QStringLiteral("a red ball bounces over the sea in the night and then again ").repeated(5));
    QCoreApplication::processEvents();
    EXPECT_GT(prompt->height(), before);
    EXPECT_TRUE(find<QWidget>("prompt-count")->isVisible());
}

TEST_F(LookStory, NamesStandAtTheirFieldsOnALargeScreen) {
    openStudio();
    window().resize(2560, 1440);
    QCoreApplication::processEvents();
    const auto bottom = [&](const char* name) {
        const QWidget* widget = find<QWidget>(name);
        return widget->mapTo(&window(), QPoint(0, widget->height())).y();
    };
    const auto top = [&](const char* name) { return find<QWidget>(name)->mapTo(&window(), QPoint()).y(); };
    EXPECT_LE(top("prompt") - bottom("help-prompt"), 12);
    EXPECT_GE(top("prompt"), bottom("help-prompt"));
    click("negative-toggle");
    QCoreApplication::processEvents();
    EXPECT_LE(top("negative") - bottom("help-negative"), 12);
}

TEST_F(LookStory, EarlierPromptsAreAList) {
    openStudio();
    make(QStringLiteral("a red ball"));
    make(QStringLiteral("a green star"));
    EXPECT_EQ(
        menuOf([&] { click("history"); }),
        (QStringList{QStringLiteral("a green star"), QStringLiteral("a red ball")})
    );
}

TEST_F(LookStory, TheInspectorNamesTheFileAndItsSize) {
    openStudio();
    makeOnStage(QStringLiteral("a red ball"));
    const auto* facts = find<ui::FactsView>("clip-facts");
    EXPECT_EQ(facts->value(QStringLiteral("File")), ui::toQString(newestFile().filename()));
    EXPECT_TRUE(until([&] { return facts->value(QStringLiteral("File size")).endsWith(QLatin1Char('B')); }));
    find<QPushButton>("copy-recipe")->click();
    EXPECT_EQ(find<QLabel>("toast-text")->text().toStdString(), "Recipe copied");
    EXPECT_TRUE(QGuiApplication::clipboard()->text().contains(QStringLiteral("a red ball")));
}

TEST_F(LookStory, TheMenuOfAClipHasWhatIsDoneWithClips) {
    openStudio();
    make(QStringLiteral("a red ball"));
    auto* strip = find<ui::FilmStrip>("film-strip");
    const QPoint place = strip->visualRect(strip->model()->index(0, 0)).center();
    const QStringList words = menuOf([&] {
        QContextMenuEvent event(QContextMenuEvent::Mouse, place, strip->viewport()->mapToGlobal(place));
        QCoreApplication::sendEvent(strip->viewport(), &event);
    });
    for (const char* wanted :
         {"Export…", "Make again", "Copy the file", "Rename…", "Move the file to the bin"}) {
        EXPECT_TRUE(words.contains(QString::fromUtf8(wanted))) << wanted;
    }
}

TEST_F(LookStory, ThePaletteIsAsLongAsItsHitsAndFindsClipsModelsAndSettings) {
    openStudio();
    make(QStringLiteral("a red ball"));
    press(Qt::Key_K, Qt::ControlModifier);
    auto* palette = find<QDialog>("palette");
    ASSERT_NE(palette, nullptr);
    auto* search = find<QLineEdit>("palette-search");
    auto* list = find<QListWidget>("palette-list");
    const int whole = palette->height();
    const auto look = [&](const char* words) {
        search->setText(QLatin1String(words));
        return list->count() > 0 ? list->item(0)->text().toStdString() : std::string();
    };
    EXPECT_EQ(look("red ball"), "a red ball");
    EXPECT_LT(palette->height(), whole / 2);
    EXPECT_EQ(look("full-sequence"), "Fake full-sequence model");
    EXPECT_EQ(look("play a sound"), "Play a sound");
    QTest::keyClick(search, Qt::Key_Return);
    auto* page = window().findChild<ui::Preferences*>();
    ASSERT_NE(page, nullptr);
    EXPECT_TRUE(page->findChild<QWidget*>(QStringLiteral("pref-sound"))->isVisible());
    EXPECT_FALSE(page->findChild<QWidget*>(QStringLiteral("pref-theme"))->isVisible());
}

TEST_F(LookStory, AnExportBeginsWithTheClipsShapeAndSaysHowLargeTheFileWillBe) {
    openStudio();
    click("aspect-9x16");
    makeOnStage(QStringLiteral("a red ball"));
    press(Qt::Key_E, Qt::ControlModifier);
    auto* dialog = window().findChild<ui::ExportDialog*>();
    ASSERT_NE(dialog, nullptr);
    EXPECT_EQ(dialog->form().presetId().toStdString(), "vertical");
    const auto told = [&] {
        QStringList words;
        for (const QLabel* label : dialog->findChildren<QLabel*>()) {
            words << label->text();
        }
        for (const ui::FigureLabel* label : dialog->findChildren<ui::FigureLabel*>()) {
            words << label->text();
        }
        return words.join(QLatin1Char('|'));
    };
    EXPECT_TRUE(told().contains(QStringLiteral("about "))) << told().toStdString();
    dialog->form().choosePreset(QStringLiteral("native"));
    dialog->form().chooseFormat(1); // GIF: its colours are found after the last frame
    auto* bar = dialog->findChild<QProgressBar*>(QStringLiteral("export-progress"));
    auto* message = dialog->findChild<QLabel*>(QStringLiteral("export-message"));
    int finishing = 0;
    QObject::connect(&dialog->job(), &ui::ExportJob::progressed, dialog, [&](int percent) {
        if (percent == 100) {
            finishing += bar->maximum() == 0 ? 1 : 0; // moves, and does not stand at its end
            EXPECT_TRUE(message->text().startsWith(QStringLiteral("Finishing")));
        }
    });
    dialog->findChild<QAbstractButton*>(QStringLiteral("export-start"))->click();
    ASSERT_TRUE(until([&] { return !dialog->job().running(); }));
    EXPECT_EQ(finishing, 1);
    EXPECT_TRUE(message->text().startsWith(QStringLiteral("Written"))) << message->text().toStdString();
    dialog->form().chooseFormat(0);
    EXPECT_EQ(message->text(), QString()) << "it is not what would be written now";
}

TEST_F(LookStory, EveryControlOfTheRecipeSaysWhatItDoes) {
    models_ = {fake_full_model()};
    openStudio();
    for (const char* name : {"prompt", "tier-fast", "duration", "steps", "seed", "seed-new", "dtype"}) {
        EXPECT_FALSE(find<QWidget>(name)->toolTip().isEmpty()) << name;
    }
    for (const char* name : {"prompt", "duration", "steps", "dtype"}) { // what "?" and Shift+F1 say
        EXPECT_FALSE(find<QWidget>(name)->whatsThis().isEmpty()) << name;
    }
}

TEST_F(LookStory, AFileThatIsNoVideoIsNotSaidToLackARecipe) {
    openStudio();
    write_file(folder_ / "broken.mp4", "Dear Sir or Madam, this is no clip.");
    drop(folder_ / "broken.mp4");
    ASSERT_TRUE(until([&] { return find<QWidget>("error-card")->isVisible(); }));
    const QString text = find<QLabel>("error-message")->text();
    EXPECT_FALSE(text.contains(QStringLiteral("recipe"))) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("broken.mp4"))) << text.toStdString();
}

TEST_F(LookStory, TheDiskIsMeantByWhatIsFree) {
    openStudio();
    auto* status = find<ui::FigureLabel>("status-right");
    EXPECT_TRUE(until([&] { return status->text().endsWith(QStringLiteral("disk free")); }))
        << status->text().toStdString();
}

} // namespace
} // namespace rushes::testing
