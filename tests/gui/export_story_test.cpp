#include "convert.h"
#include "desk/desk.h"
#include "export/export_dialog.h"
#include "gui/studio_fixture.h"
#include "media/clip_reader.h"
#include "stage/stage_panel.h"

#include <fstream>

#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QProcess>
#include <QPushButton>

namespace rushes::testing {
namespace {

class ExportStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        openStudio();
        type(QStringLiteral("a red ball"));
        press(Qt::Key_Return, Qt::ControlModifier);
        ASSERT_TRUE(generated(0));
        ASSERT_TRUE(until([&] { return find<QPushButton>("export")->isEnabled(); }));
    }

    ui::ExportDialog* openDialog() {
        press(Qt::Key_E, Qt::ControlModifier);
        return window().findChild<ui::ExportDialog*>(QStringLiteral("export-dialog"));
    }

    bool exported(ui::ExportDialog& dialog, const QString& name) {
        dialog.findChild<QLineEdit*>(QStringLiteral("export-name"))->setText(name);
        dialog.findChild<QPushButton*>(QStringLiteral("export-start"))->click();
        return QTest::qWaitFor([&] { return !dialog.job().running(); }, 60'000);
    }
};

TEST_F(ExportStory, AVerticalClipThatFfprobeCallsH264) {
    ui::ExportDialog* dialog = openDialog();
    ASSERT_NE(dialog, nullptr);
    dialog->form().choosePreset(QStringLiteral("vertical"));
    EXPECT_EQ(dialog->findChild<QLabel*>(QStringLiteral("export-suffix"))->text().toStdString(), "-9x16.mp4");
    EXPECT_TRUE(dialog->findChild<QWidget*>(QStringLiteral("export-fit"))->isVisible());
    const QString shots = qEnvironmentVariable("RUSHES_SHOTS");
    if (!shots.isEmpty()) {
        QTest::qWait(100);
        dialog->grab().save(shots + QStringLiteral("/export.png"));
    }
    ASSERT_TRUE(exported(*dialog, QStringLiteral("vertical")));
    const auto file = folder_ / "videos" / "vertical-9x16.mp4";
    ASSERT_TRUE(std::filesystem::exists(file))
        << dialog->findChild<QLabel*>(QStringLiteral("export-message"))->text().toStdString();
    EXPECT_TRUE(dialog->findChild<QWidget*>(QStringLiteral("export-show"))->isVisible());

    QProcess probe;
    probe.start(
        QStringLiteral("ffprobe"),
        {QStringLiteral("-v"),
         QStringLiteral("error"),
         QStringLiteral("-show_entries"),
         QStringLiteral("stream=codec_name,width,height,nb_frames"),
         QStringLiteral("-of"),
         QStringLiteral("csv=p=0"),
         ui::toQString(file)}
    );
    if (!probe.waitForStarted()) {
        GTEST_SKIP() << "ffprobe is not installed";
    }
    ASSERT_TRUE(probe.waitForFinished());
    EXPECT_EQ(
        probe.readAllStandardOutput().trimmed().toStdString(), "h264,1080,1920,83"
    ); // 33 frames at 12 a second, expected at 30
    EXPECT_TRUE(read_recipe(file).has_value());
}

TEST_F(ExportStory, NothingIsOverwrittenAndTheRecipeCanStayOut) {
    ui::ExportDialog* dialog = openDialog();
    ASSERT_NE(dialog, nullptr);
    dialog->form().choosePreset(QStringLiteral("native"));
    dialog->findChild<QAbstractButton*>(QStringLiteral("export-recipe"))->setChecked(false);
    ASSERT_TRUE(exported(*dialog, QStringLiteral("same")));
    ASSERT_TRUE(exported(*dialog, QStringLiteral("same")));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "videos" / "same.mp4"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "videos" / "same-1.mp4"));
    EXPECT_FALSE(read_recipe(folder_ / "videos" / "same.mp4").has_value());
}

TEST_F(ExportStory, EveryFormatCanBeReadBack) {
    ui::ExportDialog* dialog = openDialog();
    ASSERT_NE(dialog, nullptr);
    dialog->form().choosePreset(QStringLiteral("native"));
    const char* files[] = {
        "f0.mp4", "f1.gif", "f2.webp", "f3/f3-0001.png", "f4.mkv", "f5/f5-0001.jpg", "f6/f6-0001.avif"
    }; // pictures: a folder
    for (int i = 0; i < 7; ++i) {
        dialog->form().chooseFormat(i);
        ASSERT_TRUE(exported(*dialog, QStringLiteral("f%1").arg(i)));
        ASSERT_TRUE(std::filesystem::exists(folder_ / "videos" / files[i]))
            << files[i] << ": "
            << dialog->findChild<QLabel*>(QStringLiteral("export-message"))->text().toStdString();
        EXPECT_EQ(ClipReader(folder_ / "videos" / files[i]).facts().width, 160) << files[i];
    }
}

TEST_F(ExportStory, OnlyTheMarkedPartIsWritten) {
    press(Qt::Key_Escape); // from the prompt to the stage
    ui::Player& player = window().stage().player();
    ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
    player.seek(4);
    press(Qt::Key_I);
    player.seek(8);
    press(Qt::Key_O);
    ui::ExportDialog* dialog = openDialog();
    ASSERT_NE(dialog, nullptr);
    auto* part = dialog->findChild<QAbstractButton*>(QStringLiteral("export-part"));
    ASSERT_NE(part, nullptr);
    EXPECT_EQ(part->text().toStdString(), "Marked part, 0.4 s of 2.8 s. Take the whole clip");
    part->click();
    EXPECT_EQ(part->text().toStdString(), "Whole clip, 2.8 s. Take the marked part");
    part->click();
    dialog->form().choosePreset(QStringLiteral("native"));
    dialog->form().chooseFormat(4); // lossless
    ASSERT_TRUE(exported(*dialog, QStringLiteral("part")));
    ClipReader reader(folder_ / "videos" / "part.mkv");
    for (int i = 4; i <= 8; ++i) {
        const FramePtr frame = reader.next();
        ASSERT_NE(frame, nullptr) << i;
        EXPECT_EQ(frame->rgb, player.clip()->store()->try_get(i)->rgb) << i;
    }
    EXPECT_EQ(reader.next(), nullptr);
}

TEST_F(ExportStory, SeveralShapesInOneGo) {
    ui::ExportDialog* dialog = openDialog();
    ASSERT_NE(dialog, nullptr);
    dialog->form().choosePreset(QStringLiteral("vertical"));
    dialog->findChild<QAbstractButton*>(QStringLiteral("also-1x1"))->setChecked(true);
    EXPECT_EQ(
        dialog->findChild<QPushButton*>(QStringLiteral("export-start"))->text().toStdString(),
        "Export 2 files"
    );
    ASSERT_TRUE(exported(*dialog, QStringLiteral("both")));
    ASSERT_TRUE(until([&] { return std::filesystem::exists(folder_ / "videos" / "both-1x1.mp4"); }));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "videos" / "both-9x16.mp4"));
    EXPECT_EQ(ClipReader(folder_ / "videos" / "both-1x1.mp4").facts().height, 1080);
}

TEST_F(ExportStory, WhatIsWrittenDoesNotChangeMeanwhileAndTheChoicesAreRemembered) {
    ui::ExportDialog* dialog = openDialog();
    ASSERT_NE(dialog, nullptr);
    dialog->form().choosePreset(QStringLiteral("square"));
    dialog->form().chooseFit(1);
    dialog->findChild<QPushButton*>(QStringLiteral("export-start"))->click();
    EXPECT_FALSE(dialog->findChild<QWidget*>(QStringLiteral("export-format"))->isEnabled());
    ASSERT_TRUE(until([&] { return !dialog->job().running(); }));
    EXPECT_TRUE(dialog->findChild<QWidget*>(QStringLiteral("export-format"))->isEnabled());
    dialog->close();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    window().activateWindow(); // what a window manager does
    ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    dialog = openDialog();
    ASSERT_NE(dialog, nullptr);
    EXPECT_EQ(dialog->form().presetId(), QStringLiteral("square"));
    EXPECT_EQ(dialog->form().fitIndex(), 1);
}

TEST_F(ExportStory, AFolderThatCannotBeWrittenIsASentenceInTheDialog) {
    ui::ExportDialog* dialog = openDialog();
    ASSERT_NE(dialog, nullptr);
    std::filesystem::remove_all(folder_ / "videos");
    std::ofstream(folder_ / "videos") << "in the way";
    ASSERT_TRUE(exported(*dialog, QStringLiteral("x")));
    EXPECT_FALSE(dialog->findChild<QLabel*>(QStringLiteral("export-message"))->text().isEmpty());
    EXPECT_TRUE(dialog->findChild<QPushButton*>(QStringLiteral("export-start"))->isEnabled());
}

TEST_F(ExportStory, ClosingTheDialogCancelsAndLeavesNothing) {
    QPointer<ui::ExportDialog> dialog = openDialog();
    ASSERT_NE(dialog, nullptr);
    dialog->form().choosePreset(QStringLiteral("landscape"));
    dialog->findChild<QLineEdit*>(QStringLiteral("export-name"))->setText(QStringLiteral("cancelled"));
    ASSERT_TRUE(until([&] { return dialog->isActiveWindow(); }));
    dialog->findChild<QPushButton*>(QStringLiteral("export-start"))->click();
    QTest::keyClick(dialog, Qt::Key_Escape); // first the export, with a word, then the dialog
    ASSERT_TRUE(until([&] { return !dialog->job().running(); }));
    EXPECT_EQ(
        dialog->findChild<QLabel*>(QStringLiteral("export-message"))->text().toStdString(),
        "Cancelled. Nothing was written."
    );
    QTest::keyClick(dialog, Qt::Key_Escape);
    ASSERT_TRUE(until([&] { return dialog.isNull(); }));
    int parts_left = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "videos")) {
        parts_left += entry.path().filename().string().find(".part") != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(parts_left, 0);
}

} // namespace
} // namespace rushes::testing
