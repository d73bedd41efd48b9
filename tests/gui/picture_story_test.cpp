// Pictures that a clip starts from: dropped on the well, pasted, taken from the stage, cropped, taken away.
#include "controls/recipe_panel.h"
#include "desk/desk.h"
#include "desk/input_desk.h"
#include "gui/studio_fixture.h"
#include "inputs/camera_dialog.h"
#include "inputs/crop_dialog.h"

#include <cmath>
#include <fstream>

#include <QApplication>
#include <QClipboard>
#include <QDropEvent>
#include <QInputDialog>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QTimer>
#include <QUrl>

namespace rushes::testing {
namespace {

class PictureStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
        models_[1].inputs = {{"image", true}, {"last_image"}, {"clip", false, "image"}};
        openStudio();
    }

    void TearDown() override {
        StudioFixture::TearDown();
        ::unsetenv("XDG_DATA_HOME");
    }

    QString picture(const QString& name, QColor colour = Qt::red) const {
        QImage image(120, 80, QImage::Format_RGB888);
        image.fill(colour);
        const QString file = QString::fromStdString((folder_ / name.toStdString()).string());
        image.save(file);
        return file;
    }

    void takeModelThatNeedsAPicture() { panel().chooseModel(models_[1].id); }

    ui::RecipePanel& panel() { return *find<ui::RecipePanel>("recipe-panel"); }

    QWidget& well() { return *find<QWidget>("picture-well"); }

    ui::PictureSlot& slot(const char* role) {
        return *find<ui::PictureSlot>((std::string("picture-") + role).c_str());
    }

    void dropOn(QWidget& target, const QMimeData& data) {
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&target, &enter);
        ASSERT_TRUE(enter.isAccepted());
        QDropEvent event(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&target, &event);
    }

    void dropFileOn(QWidget& target, const QString& file) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        dropOn(target, data);
    }

    const std::vector<RecipeInput>& inputs() { return panel().recipe().inputs; }
};

TEST_F(PictureStory, TheWellIsThereForModelsThatTakePictures) {
    EXPECT_FALSE(well().isVisible());
    takeModelThatNeedsAPicture();
    EXPECT_TRUE(well().isVisible());
    EXPECT_TRUE(find<QLabel>("picture-note")->isVisible()) << "it needs one";
    dropFileOn(slot("image"), picture(QStringLiteral("a.png")));
    ASSERT_TRUE(until([&] { return inputs().size() == 1; }));
    EXPECT_EQ(inputs()[0].role, "image");
    EXPECT_EQ(inputs()[0].hash.size(), 64U);
    EXPECT_FALSE(find<QLabel>("picture-note")->isVisible());
    shot(QStringLiteral("pictures"));
    dropFileOn(slot("last_image"), picture(QStringLiteral("b.png"), Qt::blue));
    ASSERT_TRUE(until([&] { return inputs().size() == 2; }));
    window().desk().undo().undo();
    EXPECT_EQ(inputs().size(), 1U) << "one step back";
    panel().chooseModel(models_[0].id);
    EXPECT_TRUE(inputs().empty()) << "a model that takes none";
    EXPECT_FALSE(well().isVisible());
}

TEST_F(PictureStory, APastedPictureBecomesAFileThatTheRecipeNames) {
    takeModelThatNeedsAPicture();
    QImage image(64, 48, QImage::Format_RGB888);
    image.fill(Qt::green);
    window().desk().inputs().takeImage("image", image);
    ASSERT_TRUE(until([&] { return inputs().size() == 1; }));
    const std::filesystem::path file = inputs()[0].path;
    EXPECT_EQ(file.parent_path(), folder_ / "data" / "rushes" / "inputs");
    EXPECT_EQ(QImage(QString::fromStdString(file.string())).pixelColor(3, 3), QColor(Qt::green));
    const std::string first = inputs()[0].hash;
    window().desk().inputs().takeImage("last_image", image);
    ASSERT_TRUE(until([&] { return inputs().size() == 2; }));
    EXPECT_EQ(inputs()[1].hash, first) << "the same picture is the same file";
    EXPECT_EQ(inputs()[1].path, inputs()[0].path);
}

TEST_F(PictureStory, WhatIsNoPictureIsSaidAndChangesNothing) {
    takeModelThatNeedsAPicture();
    const std::filesystem::path file = folder_ / "text.png";
    std::ofstream(file) << "no picture";
    dropFileOn(slot("image"), QString::fromStdString(file.string()));
    ASSERT_TRUE(until([&] { return find<QLabel>("error-message")->isVisible(); }));
    EXPECT_TRUE(inputs().empty());
}

TEST_F(PictureStory, TheMenuOffersWhereAPictureMayComeFrom) {
    takeModelThatNeedsAPicture();
    QMenu* const menu = slot("image").menu();
    emit menu->aboutToShow();
    EXPECT_EQ(menu->actions().size(), 4);
    dropFileOn(slot("image"), picture(QStringLiteral("a.png")));
    ASSERT_TRUE(until([&] { return inputs().size() == 1; }));
    emit menu->aboutToShow();
    EXPECT_EQ(menu->actions().size(), 7) << "crop and remove";
    menu->actions().back()->trigger();
    EXPECT_TRUE(inputs().empty());
}

TEST_F(PictureStory, PicturesBetweenFirstAndLastStandWhereTheyAreMoved) {
    takeModelThatNeedsAPicture();
    EXPECT_FALSE(find<QPushButton>("picture-between")->isVisible()) << "a model that takes none";
    closeStudio();
    models_[1].inputs.push_back({"keyframe"});
    openStudio();
    takeModelThatNeedsAPicture();
    auto* add = find<QPushButton>("picture-between");
    ASSERT_TRUE(add->isVisible());
    const auto addFromClipboard = [&](QColor colour) {
        QImage image(64, 48, QImage::Format_RGB888);
        image.fill(colour);
        QApplication::clipboard()->setImage(image);
        emit add->menu()->aboutToShow();
        add->menu()->actions().at(1)->trigger();
        const std::size_t before = inputs().size();
        EXPECT_TRUE(until([&] { return inputs().size() == before + 1; }));
    };
    addFromClipboard(Qt::green);
    const int middle = (panel().recipe().frames - 1) / 2;
    EXPECT_EQ(inputs()[0].role, "keyframe");
    EXPECT_EQ(inputs()[0].frame, middle);
    addFromClipboard(Qt::blue);
    EXPECT_EQ(inputs()[1].frame, middle / 2) << "in the widest gap";
    const auto slotAt = [&](int frame) {
        return find<ui::PictureSlot>(("picture-keyframe-" + std::to_string(frame)).c_str());
    };
    EXPECT_TRUE(until([&] { return slotAt(middle / 2)->x() < slotAt(middle)->x(); })) << "in time order";
    shot(QStringLiteral("keyframes"));
    // To another time, by its menu.
    QMenu* const menu = slotAt(middle)->menu();
    emit menu->aboutToShow();
    ASSERT_EQ(menu->actions().size(), 8);
    QTimer::singleShot(0, &window(), [&] {
        auto* dialog = window().findChild<QInputDialog*>();
        ASSERT_NE(dialog, nullptr);
        dialog->setDoubleValue(1.0);
        dialog->accept();
    });
    menu->actions().at(6)->trigger();
    const auto second = static_cast<int>(std::lround(panel().recipe().frame_rate.fps()));
    EXPECT_EQ(inputs()[0].frame, second);
    EXPECT_NE(slotAt(second), nullptr);
    window().desk().undo().undo();
    EXPECT_EQ(inputs()[0].frame, middle);
    // And away.
    QMenu* const other = slotAt(middle / 2)->menu();
    emit other->aboutToShow();
    other->actions().back()->trigger();
    ASSERT_EQ(inputs().size(), 1U);
    EXPECT_EQ(inputs()[0].frame, middle);
}

TEST(CropView, KeepsItsShapeWithinThePicture) {
    QImage image(200, 100, QImage::Format_RGB888);
    image.fill(Qt::gray);
    ui::CropView view(image, 1.0);
    EXPECT_EQ(view.part(), QRect(50, 0, 100, 100));
    view.moveBy({-1000, 30});
    EXPECT_EQ(view.part(), QRect(0, 0, 100, 100)) << "as far as the picture reaches";
    view.setScale(0.5);
    EXPECT_EQ(view.part().size(), QSize(50, 50));
    view.moveBy({1000, 1000});
    EXPECT_EQ(view.part(), QRect(150, 50, 50, 50));
    view.setScale(9);
    EXPECT_EQ(view.part().size(), QSize(100, 100));
}

TEST(CameraDialog, HandsOutTheFrameThatWasOnTheScreen) {
    ui::CameraDialog dialog;
    EXPECT_TRUE(dialog.picture().isNull());
    QImage frame(32, 24, QImage::Format_RGB888);
    frame.fill(Qt::yellow);
    dialog.showFrame(frame);
    dialog.findChild<QPushButton*>(QStringLiteral("camera-take"))->click();
    EXPECT_EQ(dialog.picture().pixelColor(1, 1), QColor(Qt::yellow));
}

} // namespace
} // namespace rushes::testing
