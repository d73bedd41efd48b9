#include "stage/picture_scaler.h"

#include <gtest/gtest.h>

#include <QTest>

namespace rushes::ui {
namespace {

QImage filled(const QColor& colour) {
    QImage picture(8, 4, QImage::Format_RGB888);
    picture.fill(colour);
    return picture;
}

PictureScaler::Wish wish(const QImage& picture, QSize target = {80, 40}) {
    return {picture, QRectF(QPointF(), QSizeF(picture.size())), target};
}

TEST(PictureScaler, GivesWhatWasWantedLast) {
    PictureScaler scaler;
    scaler.setFastest(1000);
    int ready = 0;
    QObject::connect(&scaler, &PictureScaler::ready, &scaler, [&] { ++ready; });
    EXPECT_TRUE(scaler.settled());
    constexpr int many = 200;
    for (int i = 0; i < many; ++i) {
        scaler.want(wish(filled(QColor(i, 0, 0))));
    }
    EXPECT_FALSE(scaler.settled());
    ASSERT_TRUE(QTest::qWaitFor([&] { return scaler.settled(); }));
    EXPECT_EQ(scaler.picture().pixelColor(40, 20).red(), many - 1);
    EXPECT_LE(ready, 2); // the first and the last: what lies between was never worth a look
}

TEST(PictureScaler, TheOldPictureStaysUntilTheNextIsReady) {
    PictureScaler scaler;
    scaler.want(wish(filled(Qt::red)));
    ASSERT_TRUE(QTest::qWaitFor([&] { return scaler.settled(); }));
    scaler.want(wish(filled(Qt::blue)));
    EXPECT_EQ(scaler.picture().pixelColor(40, 20), QColor(Qt::red));
    ASSERT_TRUE(QTest::qWaitFor([&] { return scaler.settled(); }));
    EXPECT_EQ(scaler.picture().pixelColor(40, 20), QColor(Qt::blue));
}

TEST(PictureScaler, NothingIsMadeTwiceAndNoPictureLeavesNone) {
    PictureScaler scaler;
    int ready = 0;
    QObject::connect(&scaler, &PictureScaler::ready, &scaler, [&] { ++ready; });
    const QImage red = filled(Qt::red);
    scaler.want(wish(red));
    ASSERT_TRUE(QTest::qWaitFor([&] { return scaler.settled(); }));
    scaler.want(wish(red));
    EXPECT_TRUE(scaler.settled());
    EXPECT_EQ(ready, 1);
    scaler.want(wish({}));
    EXPECT_TRUE(scaler.picture().isNull());
}

TEST(PictureScaler, NoFasterThanTheScreen) {
    PictureScaler scaler;
    scaler.setFastest(20);
    QElapsedTimer clock;
    std::vector<qint64> times;
    QObject::connect(&scaler, &PictureScaler::ready, &scaler, [&] {
        times.push_back(clock.elapsed());
        scaler.want(wish(filled(QColor(static_cast<int>(times.size()), 9, 9))));
    });
    clock.start();
    scaler.want(wish(filled(Qt::red)));
    ASSERT_TRUE(QTest::qWaitFor([&] { return times.size() >= 4; }));
    EXPECT_GE(times[3] - times[0], 3 * 1000 / 20 - 10);
}

} // namespace
} // namespace rushes::ui
