#include "export/formats.h"
#include "session/clip_names.h"

#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

TEST(ExportFormats, ShapesHaveTheirUsualNames) {
    EXPECT_EQ(shapeTag({1080, 1920}).toStdString(), "9x16");
    EXPECT_EQ(shapeTag({1080, 1350}).toStdString(), "4x5");
    EXPECT_EQ(shapeTag({1080, 1080}).toStdString(), "1x1");
    EXPECT_EQ(shapeTag({227, 128}).toStdString(), "227x128");
}

TEST(ExportFormats, TheNearestShapeIsOffered) {
    EXPECT_EQ(nearestPreset({224, 128}).id, "landscape");
    EXPECT_EQ(nearestPreset({96, 160}).id, "vertical");
    EXPECT_EQ(nearestPreset({100, 100}).id, "square");
    EXPECT_EQ(nearestPreset({80, 100}).id, "portrait");
}

TEST(ExportFormats, LargerFilesForMorePixelsAndBetterQuality) {
    const ExportFormat& mp4 = exportFormats()[0];
    EXPECT_GT(expectedBytes(mp4, {1080, 1920}, 30, 1), expectedBytes(mp4, {540, 960}, 30, 1));
    EXPECT_GT(expectedBytes(mp4, {1080, 1920}, 30, 0), expectedBytes(mp4, {1080, 1920}, 30, 1));
    const ExportFormat& gif = exportFormats()[1];
    EXPECT_EQ(expectedBytes(gif, {100, 100}, 10, 0), expectedBytes(gif, {100, 100}, 10, 2)); // one quality
}

TEST(ClipNames, FillThePattern) {
    Recipe recipe;
    recipe.prompt = "A red ball: bounces";
    recipe.seed = 42;
    recipe.model = "rushes-demo";
    EXPECT_EQ(
        clipName(QStringLiteral("{prompt}_{seed}_{model}"), recipe).toStdString(),
        "a-red-ball-bounces_42_rushes-demo"
    );
    EXPECT_EQ(clipName(QStringLiteral("{time}"), recipe).size(), 15);
    EXPECT_EQ(clipName(QStringLiteral("../x/{seed}"), recipe).toStdString(), "-x-42"); // never another folder
    EXPECT_EQ(clipName(QStringLiteral("  "), recipe).toStdString(), "clip");
}

} // namespace
} // namespace rushes::ui
