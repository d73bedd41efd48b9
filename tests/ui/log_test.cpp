// The log, the archive for a report, and what a crash leaves behind. Nothing of it leaves the machine.
#include "base/atomic_file.h"
#include "work/crash_report.h"
#include "work/log.h"

#include <csignal>
#include <gtest/gtest.h>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace rushes::ui {
namespace {

namespace fs = std::filesystem;

class LogTest : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ =
            fs::temp_directory_path() / ("rushes-log-" + std::to_string(::getpid()) + "-" +
                                         ::testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    void TearDown() override { fs::remove_all(folder_); }

    /// Runs `work` in a process of its own; its wait status.
    static int inChild(const std::function<void()>& work) {
        const pid_t child = ::fork();
        if (child == 0) {
            work();
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return status;
    }

    fs::path folder_;
};

TEST_F(LogTest, TheArchiveLeavesPromptsAndPathsOutUnlessAskedFor) {
    const int status = inChild([&] { // the log is one for the whole process
        startLog(folder_ / "logs");
        logLine("run: demo, 224x128, at /home/somebody/videos/a.mp4");
        logPrompt("a secret red ball\non two lines");
        logLine("run finished");
        writeDiagnostics(folder_ / "logs", folder_ / "careful.tar", "Rushes 1\n", Private::left_out);
        writeDiagnostics(folder_ / "logs", folder_ / "whole.tar", "Rushes 1\n", Private::included);
    });
    ASSERT_EQ(status, 0);
    const std::string careful = read_file(folder_ / "careful.tar");
    EXPECT_NE(careful.find("Rushes 1"), std::string::npos);
    EXPECT_NE(careful.find("run: demo, 224x128"), std::string::npos);
    EXPECT_NE(careful.find("run finished"), std::string::npos);
    EXPECT_EQ(careful.find("secret"), std::string::npos);
    EXPECT_EQ(careful.find("two lines"), std::string::npos);
    EXPECT_EQ(careful.find("somebody"), std::string::npos);
    const std::string whole = read_file(folder_ / "whole.tar");
    EXPECT_NE(whole.find("a secret red ball"), std::string::npos);
    EXPECT_NE(whole.find("/home/somebody/videos/a.mp4"), std::string::npos);
    EXPECT_EQ(careful.size() % 512, 0u); // blocks of a tar archive
}

TEST_F(LogTest, OldLinesGoSoThatItStaysSmall) {
    const int status = inChild([&] {
        startLog(folder_ / "logs");
        const std::string line(1000, 'x');
        for (int i = 0; i < 10'000; ++i) { // ten megabytes
            logLine(line);
        }
        flushLog();
    });
    ASSERT_EQ(status, 0);
    std::uintmax_t bytes = 0;
    for (const auto& entry : fs::directory_iterator(folder_ / "logs")) {
        bytes += entry.file_size();
    }
    EXPECT_GT(bytes, std::uintmax_t{1} << 20);
    EXPECT_LE(bytes, (std::uintmax_t{3} << 20) + 4096);
}

TEST_F(LogTest, ACrashLeavesAReportWithTheSignalAndTheCalls) {
    const int status = inChild([&] {
        reportCrashes(folder_, "Rushes 1 on a test");
        ::raise(SIGSEGV);
    });
    EXPECT_TRUE(WIFSIGNALED(status)) << "ends as it would have without a report";
    EXPECT_EQ(WTERMSIG(status), SIGSEGV);
    const auto reports = crashReports(folder_);
    ASSERT_EQ(reports.size(), 1u);
    const std::string text = read_file(reports[0]);
    EXPECT_TRUE(text.starts_with("Rushes 1 on a test"));
    EXPECT_NE(text.find("SIGSEGV"), std::string::npos);
    EXPECT_NE(text.find("ui_tests"), std::string::npos) << text; // the calls name their module
    EXPECT_EQ(fs::status(reports[0]).permissions() & fs::perms::others_all, fs::perms::none);
}

TEST_F(LogTest, AnExceptionThatNobodyCaughtSaysItsWords) {
    const int status = inChild([&] {
        reportCrashes(folder_, "Rushes 1");
        std::thread([] { throw std::runtime_error("the left one was empty"); }).join();
    });
    EXPECT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(crashReports(folder_).size(), 1u);
    EXPECT_NE(read_file(crashReports(folder_)[0]).find("the left one was empty"), std::string::npos);
}

TEST_F(LogTest, AProgramThatEndsWellLeavesNothing) {
    EXPECT_EQ(inChild([&] { reportCrashes(folder_, "Rushes 1"); }), 0);
    EXPECT_TRUE(crashReports(folder_).empty());
}

} // namespace
} // namespace rushes::ui
