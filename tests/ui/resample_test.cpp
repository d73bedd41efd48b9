#include "stage/resample.h"

#include <gtest/gtest.h>
#include <utility>

#include <QThreadPool>

namespace rushes::ui {
namespace {

constexpr int slope = 12; ///< levels a pixel

QImage ramp(int width, int height) {
    QImage picture(width, height, QImage::Format_RGB888);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            picture.setPixelColor(x, y, QColor(slope * x, slope * y, 128));
        }
    }
    return picture;
}

QRectF whole(const QImage& picture) {
    return QRectF(QPointF(), QSizeF(picture.size()));
}

/// `large` shows the part `source` of a ramp: exact for straight lines, away from the edges.
void expectRamp(const QImage& large, const QRectF& source, int margin) {
    for (int y = margin; y < large.height() - margin; ++y) {
        for (int x = margin; x < large.width() - margin; ++x) {
            const double column = source.x() + (x + 0.5) * source.width() / large.width() - 0.5;
            const double row = source.y() + (y + 0.5) * source.height() / large.height() - 0.5;
            ASSERT_NEAR(large.pixelColor(x, y).red(), slope * column, 1.01) << x << ' ' << y;
            ASSERT_NEAR(large.pixelColor(x, y).green(), slope * row, 1.01) << x << ' ' << y;
            ASSERT_NEAR(large.pixelColor(x, y).blue(), 128, 1.01);
        }
    }
}

TEST(Resample, LeavesOneColourAsItIsAndOpaque) {
    QImage picture(5, 3, QImage::Format_RGB888);
    picture.fill(QColor(200, 17, 93));
    for (const QSize target : {QSize(20, 12), QSize(3, 2), QSize(7, 5), QSize(1, 1)}) {
        const QImage result = resample(picture, whole(picture), target);
        ASSERT_EQ(result.size(), target);
        ASSERT_EQ(result.format(), QImage::Format_RGB32);
        for (int y = 0; y < target.height(); ++y) {
            for (int x = 0; x < target.width(); ++x) {
                EXPECT_EQ(result.pixel(x, y), qRgb(200, 17, 93));
            }
        }
    }
}

TEST(Resample, KeepsARampInPlaceAtEverySize) {
    const QImage picture = ramp(20, 16);
    for (const QSize target : {QSize(40, 32), QSize(97, 61), QSize(300, 200), QSize(14, 12)}) {
        expectRamp(resample(picture, whole(picture), target), whole(picture), target.width() / 5 + 1);
    }
}

TEST(Resample, ShowsThePartThatIsAskedFor) {
    const QImage picture = ramp(20, 16);
    const QRectF part(4.5, 3.25, 9, 8);
    expectRamp(resample(picture, part, QSize(90, 80)), part, 0);
}

TEST(Resample, MakesMeansWhereThePictureGetsMuchSmaller) {
    QImage board(64, 64, QImage::Format_RGB888);
    for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 64; ++x) {
            board.setPixelColor(x, y, (x + y) % 2 == 0 ? Qt::black : Qt::white);
        }
    }
    const QImage small = resample(board, whole(board), QSize(11, 11));
    for (int y = 0; y < 11; ++y) {
        for (int x = 0; x < 11; ++x) {
            EXPECT_NEAR(small.pixelColor(x, y).red(), 127.5, 2);
        }
    }
}

TEST(Resample, StaysInRangeAtHardEdges) {
    QImage picture(8, 8, QImage::Format_RGB888);
    picture.fill(Qt::black);
    for (int y = 0; y < 8; ++y) {
        for (int x = 4; x < 8; ++x) {
            picture.setPixelColor(x, y, Qt::white);
        }
    }
    const QImage large = resample(picture, whole(picture), QSize(40, 40));
    EXPECT_EQ(large.pixelColor(0, 5), QColor(Qt::black));
    EXPECT_EQ(large.pixelColor(39, 5), QColor(Qt::white));
    EXPECT_EQ(large.pixelColor(16, 5), QColor(Qt::black)); // where the kernel swings below
    EXPECT_EQ(large.pixelColor(23, 5), QColor(Qt::white)); // and above
    EXPECT_GT(large.pixelColor(20, 5).red(), large.pixelColor(19, 5).red());
}

TEST(Resample, CopiesWhatNeedsNoScaling) {
    const QImage picture = ramp(12, 10);
    const QImage part = resample(picture, QRectF(3, 2, 6, 5), QSize(6, 5));
    for (int y = 0; y < 5; ++y) {
        for (int x = 0; x < 6; ++x) {
            EXPECT_EQ(part.pixel(x, y), picture.pixel(x + 3, y + 2));
        }
    }
}

TEST(Resample, UsesTheMemoryOfAnOldPicture) {
    const QImage picture = ramp(12, 10);
    QImage old(QSize(36, 30), QImage::Format_RGB32);
    const uchar* const memory = std::as_const(old).constBits();
    EXPECT_EQ(resample(picture, whole(picture), QSize(36, 30), std::move(old)).constBits(), memory);
    QImage shared(QSize(36, 30), QImage::Format_RGB32);
    shared.fill(Qt::red);
    const QImage kept = shared;
    const QImage made = resample(picture, whole(picture), QSize(36, 30), std::move(shared));
    EXPECT_EQ(kept.pixelColor(20, 20), QColor(Qt::red)); // what somebody still needs stays
    expectRamp(made, whole(picture), 8);
}

TEST(Resample, SeveralThreadsMakeWhatOneMakes) {
    QImage picture(320, 200, QImage::Format_RGB888);
    for (int y = 0; y < picture.height(); ++y) {
        for (int x = 0; x < picture.width(); ++x) {
            picture.setPixel(x, y, qRgb(x * y % 251, (7 * x + 13 * y) % 241, (x ^ y) & 255));
        }
    }
    QThreadPool helpers;
    helpers.setMaxThreadCount(3); // 4 parts of 2 MiB and more
    for (const QRectF& part : {whole(picture), QRectF(11.5, 7.25, 200, 150)}) {
        const QSize target(1600, 1400);
        EXPECT_EQ(resample(picture, part, target, {}, &helpers), resample(picture, part, target));
    }
}

TEST(Resample, NothingGivesNothing) {
    EXPECT_TRUE(resample({}, QRectF(0, 0, 5, 5), QSize(100, 100)).isNull());
    EXPECT_TRUE(resample(ramp(4, 4), {}, QSize(100, 100)).isNull());
    EXPECT_TRUE(resample(ramp(4, 4), QRectF(0, 0, 4, 4), {}).isNull());
}

} // namespace
} // namespace rushes::ui
