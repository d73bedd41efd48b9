#include "convert.h"

#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

FramePtr smallFrame() {
    auto frame = std::make_shared<Frame>();
    frame->width = 5; // 15 bytes a row: not what QImage would align to
    frame->height = 3;
    frame->rgb.resize(45);
    for (std::size_t i = 0; i < frame->rgb.size(); ++i) {
        frame->rgb[i] = static_cast<std::uint8_t>(i);
    }
    return frame;
}

TEST(Convert, AFrameBecomesAnImageWithoutACopy) {
    const FramePtr frame = smallFrame();
    const QImage image = toQImage(frame);
    EXPECT_EQ(image.constBits(), frame->rgb.data());
    EXPECT_EQ(image.size(), QSize(5, 3));
    EXPECT_EQ(image.pixelColor(4, 2), QColor(42, 43, 44));
}

TEST(Convert, TheImageKeepsTheFrameAlive) {
    FramePtr frame = smallFrame();
    const std::weak_ptr<const Frame> watch = frame;
    QImage image = toQImage(frame);
    QImage copy = image;
    frame.reset();
    image = {};
    EXPECT_FALSE(watch.expired());
    EXPECT_EQ(copy.pixelColor(0, 0), QColor(0, 1, 2));
    copy = {};
    EXPECT_TRUE(watch.expired());
}

TEST(Convert, PaintingOnTheImageDoesNotTouchTheFrame) {
    const FramePtr frame = smallFrame();
    QImage image = toQImage(frame);
    image.fill(Qt::white);
    EXPECT_EQ(frame->rgb[0], 0);
}

TEST(Convert, NoFrameIsNoImage) {
    EXPECT_TRUE(toQImage(nullptr).isNull());
}

TEST(Convert, ThereAndBack) {
    const FramePtr frame = smallFrame();
    EXPECT_EQ(toFrame(toQImage(frame), 7)->rgb, frame->rgb);
    EXPECT_EQ(toFrame(toQImage(frame), 7)->index, 7);
}

TEST(Convert, TextAndPathsKeepTheirBytes) {
    const std::string text = "grüße 🎬";
    EXPECT_EQ(toStd(toQString(text)), text);
    const std::filesystem::path path("/tmp/a b/ü.mp4");
    EXPECT_EQ(toPath(toQString(path)), path);
}

} // namespace
} // namespace rushes::ui
