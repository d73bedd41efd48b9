// Frames and clips leave the window.
#include "convert.h"
#include "desk/desk.h"
#include "desk/frame_desk.h"
#include "export/export_dialog.h"
#include "gui/studio_fixture.h"
#include "library/film_strip.h"
#include "media/clip_reader.h"
#include "media/tags.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"

#include <QClipboard>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>

namespace rushes::testing {
namespace {

class FrameStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        openStudio();
        press(Qt::Key_Return, Qt::ControlModifier);
        ASSERT_TRUE(generated(0));
        ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
        window().stage().player().pause();
        window().stage().player().seek(5);
    }

    QString toast() { return find<QLabel>("toast-text")->text(); }
};

TEST_F(FrameStory, TheFrameInSightIsCopied) {
    QApplication::clipboard()->clear();
    press(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(QApplication::clipboard()->image().size(), QSize(160, 96));
    EXPECT_EQ(toast().toStdString(), "Frame copied");
}

TEST_F(FrameStory, ItIsSavedAsPngWithItsRecipe) {
    press(Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
    const auto stem = window().desk().shown()->file.stem().string();
    const auto file = folder_ / "videos" / (stem + "-frame-6.png");
    ASSERT_TRUE(until([&] { return std::filesystem::exists(file); }));
    ASSERT_TRUE(until([&] { return toast().startsWith(QStringLiteral("Saved")); }));
    EXPECT_EQ(read_recipe(file).value_or(""), to_json(window().desk().shown()->recipe));
    const QImage saved(ui::toQString(file));
    const QImage& shown = window().stage().player().picture();
    ASSERT_EQ(saved.size(), shown.size());
    EXPECT_EQ(saved.pixelColor(80, 48), shown.pixelColor(80, 48)); // lossless
}

TEST_F(FrameStory, TheFileIsCopiedAsAnAddress) {
    press(Qt::Key_C, Qt::ControlModifier | Qt::AltModifier);
    const QList<QUrl> expected{QUrl::fromLocalFile(ui::toQString(newestFile()))};
    EXPECT_EQ(QApplication::clipboard()->mimeData()->urls(), expected);
}

TEST_F(FrameStory, TheStageHasAMenuOfItAll) {
    ui::StageView& view = window().stage().view();
    QStringList names;
    inMenu(view, view.rect().center(), [&names](QMenu& menu) {
        for (const QAction* action : menu.actions()) {
            names << action->objectName();
        }
    });
    for (const char* name :
         {"copy-frame",
          "save-frame",
          "copy-file",
          "show-in-folder",
          "open-elsewhere",
          "export-clip",
          "zoom-in",
          "guides"}) {
        EXPECT_TRUE(names.contains(QLatin1String(name))) << name;
    }
}

TEST_F(FrameStory, SeveralClipsInSeveralShapesInOneGo) {
    find<QAbstractButton>("aspect-9x16")->click();
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(1));
    auto* strip = find<ui::FilmStrip>("film-strip");
    strip->selectAll();
    inMenu(*strip->viewport(), strip->visualRect(strip->model()->index(0, 0)).center(), [](QMenu& menu) {
        EXPECT_EQ(menu.actions().front()->text().toStdString(), "Export 2 clips…");
        menu.actions().front()->trigger();
    });
    auto* dialog = window().findChild<ui::ExportDialog*>();
    ASSERT_NE(dialog, nullptr);
    dialog->form().choosePreset(QStringLiteral("native"));
    dialog->form().chooseFormat(4); // lossless
    dialog->findChild<QAbstractButton*>(QStringLiteral("also-1x1"))->setChecked(true);
    auto* start = dialog->findChild<QPushButton*>(QStringLiteral("export-start"));
    EXPECT_EQ(start->text().toStdString(), "Export 4 files");
    shot(QStringLiteral("export-several"));
    QTest::mouseClick(start, Qt::LeftButton);
    auto* message = dialog->findChild<QLabel*>(QStringLiteral("export-message"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return message->text().startsWith(QStringLiteral("Written")); }, 60'000)
    ) << message->text().toStdString();
    EXPECT_EQ(message->text().toStdString(), "Written: 4 files");
    std::vector<QSize> sizes;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "videos")) {
        if (entry.path().extension() == ".mkv") {
            ClipReader reader(entry.path());
            sizes.emplace_back(reader.facts().width, reader.facts().height);
            EXPECT_EQ(reader.facts().frames, 33) << entry.path();
        }
    }
    for (const QSize size : {QSize(160, 96), QSize(96, 160)}) {
        EXPECT_EQ(std::ranges::count(sizes, size), 1);
    }
    EXPECT_EQ(std::ranges::count(sizes, QSize(1080, 1080)), 2);
}

} // namespace
} // namespace rushes::testing
