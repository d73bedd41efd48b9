#include "session/settings.h"
#include "work/task_thread.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <latch>
#include <unistd.h>

namespace rushes::ui {
namespace {

std::filesystem::path settingsFile() {
    return std::filesystem::temp_directory_path() / ("rushes-settings-" + std::to_string(::getpid())) /
           "studio.ini";
}

void atOnce(std::function<void()> work) {
    work();
}

TEST(Settings, KeepValuesAndKnowTheirDefaults) {
    std::filesystem::remove_all(settingsFile().parent_path());
    {
        Settings settings(settingsFile(), atOnce);
        EXPECT_EQ(settings.get(Setting::scheme).toString().toStdString(), "system");
        EXPECT_TRUE(settings.get(Setting::looping).toBool());
        settings.set(Setting::scheme, QStringLiteral("light"));
        settings.set(Setting::history, QStringList{QStringLiteral("a, b"), QStringLiteral("ü")});
        EXPECT_EQ(settings.get(Setting::scheme).toString().toStdString(), "light");
    }
    const Settings again(settingsFile(), atOnce);
    EXPECT_EQ(again.get(Setting::scheme).toString().toStdString(), "light");
    EXPECT_EQ(again.get(Setting::history).toStringList().size(), 2);
    std::filesystem::remove_all(settingsFile().parent_path());
}

TEST(Settings, ADamagedFileCountsAsEmpty) {
    std::filesystem::create_directories(settingsFile().parent_path());
    std::ofstream(settingsFile()) << "\x01\x02 [[[ not an ini\n====\n";
    const Settings settings(settingsFile(), atOnce);
    EXPECT_EQ(settings.get(Setting::scheme).toString().toStdString(), "system");
    std::filesystem::remove_all(settingsFile().parent_path());
}

TEST(TaskThread, RunsInOrderAndWhatIsUrgentFirst) {
    std::string order;
    {
        std::latch go(1);
        std::latch done(1);
        TaskThread thread;
        thread.post([&](std::stop_token) { go.wait(); });
        thread.post([&](std::stop_token) { order += 'a'; });
        thread.post([&](std::stop_token) {
            order += 'b';
            done.count_down();
        });
        thread.postFirst([&](std::stop_token) { order += '1'; });
        go.count_down();
        done.wait();
    }
    EXPECT_EQ(order, "1ab");
}

TEST(TaskThread, EndingDropsWhatWaitsButFinishesWhatMustBeKept) {
    std::atomic<bool> kept = false;
    std::atomic<bool> dropped_ran = false;
    {
        TaskThread thread;
        std::latch started(1);
        thread.post([&](std::stop_token stop) {
            started.count_down();
            while (!stop.stop_requested()) {
                std::this_thread::yield();
            }
        });
        started.wait();
        thread.post([&](std::stop_token) { dropped_ran = true; });
        thread.postToFinish([&](std::stop_token) { kept = true; });
    }
    EXPECT_TRUE(kept);
    EXPECT_FALSE(dropped_ran);
}

} // namespace
} // namespace rushes::ui
