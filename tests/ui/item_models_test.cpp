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
    model.insert(recordOf(4));
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

TEST(ClipStripModel, TakesInWhatAnotherWindowDid) {
    ClipStripModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setClips({recordOf(3), recordOf(2), recordOf(1)});
    model.setRunning({});
    model.insert(recordOf(-1)); // the library could not take it
    const auto fresh = model.synchronise({recordOf(5), recordOf(4), recordOf(3), recordOf(1)});
    ASSERT_EQ(fresh.size(), 2U);
    std::string order;
    for (int row = 1; row < model.rowCount(); ++row) {
        order += std::to_string(model.item(row).record.id) + ' ';
    }
    EXPECT_EQ(order, "5 4 -1 3 1 ");
    EXPECT_TRUE(model.item(0).running);
    EXPECT_TRUE(model.synchronise({recordOf(5), recordOf(4)}).empty());
    EXPECT_EQ(model.clips(), 5); // the list may have ended there
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
    QueueModelTest() {
        QObject::connect(&model_, &QueueModel::moved, &model_, [this](const QString& id, const QString& to) {
            told_ += id.toStdString() + "->" + to.toStdString() + ' ';
        });
        QObject::connect(
            &model_,
            &QueueModel::cancelled,
            &model_,
            [this](const std::vector<std::string>& ids) {
                for (const std::string& id : ids) {
                    told_ += "-" + id + ' ';
                }
            }
        );
        QObject::connect(
            &model_,
            &QueueModel::broughtBack,
            &model_,
            [this](const QString& id, const QString& to) {
                told_ += "+" + id.toStdString() + "<" + to.toStdString() + ' ';
            }
        );
        QObject::connect(&model_, &QueueModel::removed, &model_, [this](const std::vector<RemovedJob>& jobs) {
            removed_ = jobs;
        });
    }

    static Job job(const std::string& id, JobState state = JobState::queued) {
        Job job;
        job.id = id;
        job.recipe.prompt = "prompt " + id;
        job.state = state;
        return job;
    }

    std::string order() const {
        std::string text;
        for (int row = 0; row < model_.rowCount(); ++row) {
            text += model_.card(row).job.id;
        }
        return text;
    }

    std::string state(int row) const {
        return model_.index(row).data(QueueModel::state_role).toString().toStdString();
    }

    QueueModel model_;
    QAbstractItemModelTester tester_{&model_, QAbstractItemModelTester::FailureReportingMode::Fatal};
    std::string told_;
    std::vector<RemovedJob> removed_;
};

TEST_F(QueueModelTest, ShowsWhatIsStoredAndKeepsThePictures) {
    model_.setJobs({job("a"), job("b"), job("c")});
    EXPECT_EQ(order(), "abc");
    EXPECT_EQ(model_.running(), nullptr);
    model_.setJobs({job("b", JobState::running), job("c"), job("d"), job("a", JobState::done)});
    EXPECT_EQ(order(), "bcd");
    model_.setRunningThumbnail(QImage(2, 2, QImage::Format_RGB32));
    model_.setJobs({job("b", JobState::running), job("d"), job("e"), job("c"), job("x", JobState::cancelled)}
    );
    EXPECT_EQ(order(), "bdec");
    EXPECT_FALSE(model_.card(0).thumbnail.isNull());
    EXPECT_EQ(model_.waiting(), 3);
    model_.setJobs({});
    EXPECT_EQ(model_.rowCount(), 0);
    EXPECT_EQ(told_, ""); // only what a person does is told
}

TEST_F(QueueModelTest, OnlyWaitingJobsMoveAndGo) {
    model_.setJobs({job("a", JobState::running), job("b"), job("c"), job("f", JobState::failed)});
    EXPECT_FALSE(model_.remove(QStringLiteral("a")));
    EXPECT_FALSE(model_.move(QStringLiteral("a"), 1));
    EXPECT_FALSE(model_.move(QStringLiteral("f"), -1));
    EXPECT_TRUE(model_.move(QStringLiteral("c"), -10)
    ); // to the front of what waits, never before the running one
    EXPECT_EQ(order(), "acbf");
    EXPECT_TRUE(model_.move(QStringLiteral("c"), 10)); // nor behind what failed
    EXPECT_EQ(order(), "abcf");
    EXPECT_FALSE(model_.move(QStringLiteral("c"), 1));
    model_.add(job("d"), 9);
    EXPECT_EQ(order(), "abcdf");
    EXPECT_TRUE(model_.remove(QStringLiteral("c")));
    EXPECT_TRUE(model_.remove(QStringLiteral("f")));
    EXPECT_EQ(model_.waiting(), 2);
    model_.clearWaiting();
    EXPECT_EQ(order(), "a");
    EXPECT_EQ(told_, "c->b c->b -c -f -b -d ");
}

TEST_F(QueueModelTest, WhatWasRemovedComesBackToItsPlace) {
    model_.setJobs({job("a", JobState::running), job("b"), job("c"), job("f", JobState::failed)});
    model_.remove(QStringLiteral("b"));
    model_.putBack(removed_.front());
    EXPECT_EQ(order(), "abcf");
    model_.putBack(removed_.front()); // once
    EXPECT_EQ(order(), "abcf");
    model_.clearWaiting();
    ASSERT_EQ(removed_.size(), 2U);
    for (const RemovedJob& removed : std::vector(removed_)) {
        model_.putBack(removed);
    }
    EXPECT_EQ(order(), "abcf");
    EXPECT_EQ(told_, "-b +b<c -b -c +b< +c< ");
}

TEST_F(QueueModelTest, SaysWhatEachJobDoes) {
    Job failed = job("f", JobState::failed);
    failed.failure = "No memory.";
    model_.setJobs({job("a", JobState::running), job("b", JobState::paused), job("c"), failed});
    EXPECT_EQ(state(0), "starting");
    model_.setRunningState(QStringLiteral("block 5/7"), 3);
    model_.setSeconds({1, 5, 9});
    EXPECT_EQ(state(0), "block 5/7");
    EXPECT_EQ(state(1), "begun, goes on · about 5 s");
    EXPECT_EQ(state(2), "waiting · about 9 s");
    EXPECT_EQ(state(3), "failed: No memory.");
}

} // namespace
} // namespace rushes::ui
