// Looks that a new user once stumbled over and that no action changes: posters, lists, words of a report.
#include "controls/basic.h"
#include "export/export_dialog.h"
#include "gui/studio_fixture.h"
#include "library/thumbnails.h"
#include "media/encoder.h"
#include "queue/facts_view.h"
#include "queue/side_panel.h"
#include "theme/theme.h"
#include "theme/tokens.h"

#include <algorithm>

#include <QAbstractItemView>
#include <QComboBox>
#include <QPushButton>
#include <QScrollBar>

namespace rushes::testing {
namespace {

class SmallLooks : public StudioFixture {};

/// 40 frames of grey, but for a few at three quarters of the way: half black, half white.
void writeClipThatIsMostlyEmpty(const std::filesystem::path& file) {
    const auto encoder = Encoder::open(file, 64, 48, {12, 1}, ExportSettings{}, {});
    for (int i = 0; i < 40; ++i) {
        Frame frame{64, 48, i, std::vector<std::uint8_t>(std::size_t{64} * 48 * 3, 128)};
        if (i >= 27 && i <= 33) {
            std::fill(frame.rgb.begin(), frame.rgb.begin() + std::ssize(frame.rgb) / 2, std::uint8_t{0});
            std::fill(frame.rgb.begin() + std::ssize(frame.rgb) / 2, frame.rgb.end(), std::uint8_t{255});
        }
        encoder->write(frame);
    }
    encoder->finish();
}

TEST_F(SmallLooks, APosterIsAFrameThatShowsSomething) {
    const auto file = folder_ / "empty-sea.mkv";
    writeClipThatIsMostlyEmpty(file);
    ui::Thumbnails thumbnails(folder_ / "thumbnails");
    QImage poster;
    QObject::connect(&thumbnails, &ui::Thumbnails::made, &thumbnails, [&](qlonglong, const QImage& picture) {
        poster = picture;
    });
    thumbnails.make(1, file);
    ASSERT_TRUE(until([&] { return !poster.isNull(); }));
    const int above = qGray(poster.pixel(poster.width() / 2, poster.height() / 4));
    const int below = qGray(poster.pixel(poster.width() / 2, poster.height() * 3 / 4));
    EXPECT_GT(below - above, 200) << "the middle of the clip is all grey";
}

TEST_F(SmallLooks, APlayerThatWaitedIsToldInPlainWords) {
    openStudio();
    auto* side = window().findChild<ui::SidePanel*>();
    ASSERT_NE(side, nullptr);
    const auto waited = [&](int times) {
        side->showReport(RunReport(), 0, times);
        return find<ui::FactsView>("run-facts")->value(QStringLiteral("Playback waited")).toStdString();
    };
    EXPECT_EQ(waited(61), "61 times");
    EXPECT_EQ(waited(1), "once");
    EXPECT_EQ(waited(0), "") << "nothing to be told";
}

TEST(PriceLabel, IsWholeOrNotThere) {
    ui::FigureLabel label;
    label.setText(QStringLiteral("about 2 h 10 min at 1"));
    label.setLeftOutWhenCut(true);
    const auto inked = [&](int width) {
        label.resize(width, 20);
        const QImage picture = label.grab().toImage();
        QImage blank(picture.size(), picture.format());
        blank.fill(picture.pixelColor(0, 0));
        return picture.convertToFormat(QImage::Format_RGB32) != blank.convertToFormat(QImage::Format_RGB32);
    };
    EXPECT_TRUE(inked(400));
    EXPECT_FALSE(inked(30));
}

TEST_F(SmallLooks, FourCardsOfTheQueueNeedNoScrollBar) {
    openStudio();
    window().resize(1600, 1000);
    gate_.closeWhen([](const Progress&) { return true; });
    for (const char* prompt : {"a ball", "a star", "a ring", "a cube", "a heart"}) {
        type(QLatin1String(prompt));
        press(Qt::Key_Return, Qt::ControlModifier);
    }
    ASSERT_TRUE(until([&] { return window().session().queue().rowCount() == 5; }));
    QCoreApplication::processEvents();
    auto* queue = find<QAbstractItemView>("queue");
    EXPECT_EQ(queue->verticalScrollBar()->maximum(), 0);
    const QRect last = queue->visualRect(queue->model()->index(4, 0));
    EXPECT_TRUE(queue->viewport()->rect().contains(last));
    EXPECT_LT(queue->height(), last.bottom() + last.height()) << "no empty half below the cards";
    gate_.open();
}

TEST_F(SmallLooks, WhatIsChosenInAListIsRaisedNotOrange) {
    openStudio();
    make(QStringLiteral("a red ball"));
    ASSERT_TRUE(until([&] { return find<QPushButton>("export")->isEnabled(); }));
    press(Qt::Key_E, Qt::ControlModifier);
    auto* dialog = window().findChild<ui::ExportDialog*>();
    ASSERT_NE(dialog, nullptr);
    auto* shape = dialog->findChild<QComboBox*>(QStringLiteral("export-preset"));
    ASSERT_NE(shape, nullptr);
    shape->showPopup();
    QAbstractItemView* list = shape->view();
    ASSERT_TRUE(until([&] { return list->isVisible(); }));
    const QRect row = list->visualRect(list->currentIndex());
    const QColor ground = list->viewport()->grab(row).toImage().pixelColor(row.width() - 3, row.height() / 2);
    EXPECT_NE(ground, ui::tokens().accent);
    EXPECT_NE(ground, ui::tokens().panel) << "and yet it is seen";
    shape->hidePopup();
    dialog->close();
}

} // namespace
} // namespace rushes::testing
