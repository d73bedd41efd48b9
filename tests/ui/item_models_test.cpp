#include "library/clip_strip_model.h"
#include "queue/queue_model.h"
#include "support/fake_engine.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QMimeData>
#include <QUrl>

namespace rushes::ui {
namespace {

ClipRecord recordOf(std::int64_t id, ClipState state = ClipState::finished, int frames = 33) {
    ClipRecord record;
    record.id = id;
    record.file = "/videos/clip " + std::to_string(id) + ".mp4";
    record.recipe.prompt = "clip " + std::to_string(id);
    record.recipe.frame_rate = {12, 1};
    record.frames = frames;
    record.state = state;
    return record;
}

TEST(ClipStripModel, BehavesAsAnItemModelThroughAWholeSession) {
    ClipStripModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setClips({recordOf(3), recordOf(2), recordOf(1)});
    model.setRunning(recordOf(0).recipe);
    EXPECT_EQ(model.rowCount(), 4);
    EXPECT_EQ(model.index(0).data().toString().toStdString(), "now");
    model.prepend(recordOf(4));
    EXPECT_EQ(model.item(1).record.id, 4);
    model.setClips({recordOf(5)}); // a reload keeps the running one
    EXPECT_TRUE(model.item(0).running);
    model.endRunning();
    model.endRunning();
    EXPECT_EQ(model.clips(), 1);
    model.setThumbnail(5, QImage(2, 2, QImage::Format_RGB32));
    model.setThumbnail(99, {});
    model.setMissing(5);
    model.setFavourite(5, true);
    model.remove(5);
    model.remove(5);
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(ClipStripModel, LabelsSayLengthAndWhatWasStopped) {
    ClipStripModel model;
    model.setClips({recordOf(1), recordOf(2, ClipState::stopped, 25)});
    EXPECT_EQ(model.index(0).data().toString().toStdString(), "2.8 s");
    EXPECT_EQ(model.index(1).data().toString().toStdString(), "stopped 2.1 s");
    EXPECT_EQ(model.index(1).data(Qt::AccessibleTextRole).toString().toStdString(), "clip 2, stopped 2.1 s");
    model.setMissing(1);
    EXPECT_EQ(model.index(0).data().toString().toStdString(), "file is gone");
}

TEST(ClipStripModel, DraggingOutGivesTheFile) {
    ClipStripModel model;
    model.setClips({recordOf(1)});
    const std::unique_ptr<QMimeData> data(model.mimeData({model.index(0)}));
    ASSERT_EQ(data->urls().size(), 1);
    EXPECT_EQ(data->urls().front().toLocalFile().toStdString(), "/videos/clip 1.mp4");
    EXPECT_TRUE(model.flags(model.index(0)) & Qt::ItemIsDragEnabled);
    model.setRunning({});
    EXPECT_FALSE(model.flags(model.index(0)) & Qt::ItemIsDragEnabled); // its file is not whole yet
}

class QueueModelTest : public ::testing::Test {
protected:
    int add(const std::string& prompt) {
        Plan plan;
        plan.recipe.prompt = prompt;
        return model_.add(plan, 9);
    }

    std::string order() const {
        std::string text;
        for (int row = 0; row < model_.rowCount(); ++row) {
            text += model_.job(row).plan.recipe.prompt;
        }
        return text;
    }

    QueueModel model_;
    QAbstractItemModelTester tester_{&model_, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(QueueModelTest, RunsInOrderOneAtATime) {
    add("a");
    add("b");
    EXPECT_EQ(model_.startNext()->plan.recipe.prompt, "a");
    EXPECT_FALSE(model_.startNext().has_value());
    model_.endRunning();
    EXPECT_EQ(model_.startNext()->plan.recipe.prompt, "b");
    model_.endRunning();
    EXPECT_FALSE(model_.startNext().has_value());
}

TEST_F(QueueModelTest, OnlyWaitingJobsMoveAndGo) {
    const int a = add("a");
    add("b");
    const int c = add("c");
    model_.startNext();
    EXPECT_FALSE(model_.remove(a));
    EXPECT_FALSE(model_.move(a, 1));
    EXPECT_TRUE(model_.move(c, -10)); // to the front of what waits, never before the running one
    EXPECT_EQ(order(), "acb");
    EXPECT_TRUE(model_.move(c, 1));
    EXPECT_EQ(order(), "abc");
    EXPECT_FALSE(model_.move(c, 1));
    EXPECT_TRUE(model_.remove(c));
    EXPECT_EQ(model_.waiting(), 1);
    model_.clearWaiting();
    EXPECT_EQ(order(), "a");
}

TEST_F(QueueModelTest, SaysWhatEachJobDoes) {
    add("a");
    add("b");
    model_.startNext();
    model_.setRunningState(QStringLiteral("block 5/7"));
    EXPECT_EQ(model_.index(0).data(QueueModel::state_role).toString().toStdString(), "block 5/7");
    EXPECT_EQ(model_.index(1).data(QueueModel::state_role).toString().toStdString(), "waiting · about 9 s");
}

} // namespace
} // namespace rushes::ui
