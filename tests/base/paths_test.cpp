#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

class Paths : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() /
                  ("rushes-paths-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    void TearDown() override { fs::remove_all(folder_); }

    fs::path folder_;
};

TEST_F(Paths, FollowXdg) {
    ::setenv("XDG_STATE_HOME", "/somewhere/state", 1);
    EXPECT_EQ(state_dir(), fs::path("/somewhere/state/rushes"));
    ::unsetenv("XDG_STATE_HOME");
    ::setenv("HOME", "/home/somebody", 1);
    EXPECT_EQ(state_dir(), fs::path("/home/somebody/.local/state/rushes"));
}

TEST_F(Paths, VideosComeFromUserDirs) {
    ::setenv("HOME", "/home/somebody", 1);
    ::unsetenv("XDG_VIDEOS_DIR");
    ::setenv("XDG_CONFIG_HOME", folder_.c_str(), 1);
    EXPECT_EQ(videos_dir(), fs::path("/home/somebody/Videos/Rushes"));
    write_file(folder_ / "user-dirs.dirs", "# comment\nXDG_VIDEOS_DIR=\"$HOME/Filme\"\n");
    EXPECT_EQ(videos_dir(), fs::path("/home/somebody/Filme/Rushes"));
    ::unsetenv("XDG_CONFIG_HOME");
}

TEST_F(Paths, UnusedNameNeverNamesAnExistingFile) {
    const fs::path clip = folder_ / "clip.mp4";
    EXPECT_EQ(unused_name(clip), clip);
    write_file(clip, "a");
    EXPECT_EQ(unused_name(clip), folder_ / "clip-1.mp4");
    write_file(folder_ / "clip-1.mp4", "b");
    EXPECT_EQ(unused_name(clip), folder_ / "clip-2.mp4");
}

TEST_F(Paths, SlugIsShortAndSafe) {
    EXPECT_EQ(file_slug("A red ball: bounces/over.. the SEA!"), "a-red-ball-bounces-over-the-sea");
    EXPECT_EQ(file_slug("aaaa bbbb", 5), "aaaa");
    EXPECT_EQ(file_slug("  /..\\ \t\n?"), "clip");
    EXPECT_EQ(file_slug(""), "clip");
}

TEST_F(Paths, SlugKeepsTheLettersOfEveryScript) {
    EXPECT_EQ(file_slug("über 海"), "über-海");
    EXPECT_EQ(file_slug("ÉTOILE, Μπάλα; мяч"), "étoile-μπάλα-мяч");
    EXPECT_EQ(file_slug("कि ภาษา (٣)"), "कि-ภาษา-٣");
    EXPECT_EQ(file_slug("🙂 cat\u2026\u200b\u202edog"), "cat-dog");
    EXPECT_EQ(file_slug("a\xFFz\xE7\xBA"), "a-z") << "bytes that are no text";
    EXPECT_EQ(file_slug("海海海", 7), "海海") << "a letter is never cut";
}

TEST_F(Paths, WriteFileLeavesNoPartBehind) {
    write_file(folder_ / "sub" / "a.json", "{}");
    EXPECT_EQ(read_file(folder_ / "sub" / "a.json"), "{}");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "sub"), fs::directory_iterator()), 1);
}

TEST_F(Paths, ReadFileSaysWhatIsWrong) {
    EXPECT_THROW(read_file(folder_ / "none"), Error);
    EXPECT_THROW(read_file(folder_), Error);
    write_file(folder_ / "big", "0123456789");
    EXPECT_THROW(read_file(folder_ / "big", 9), Error);
}

} // namespace
} // namespace rushes
