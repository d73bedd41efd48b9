#include "base/error.h"
#include "library/clip_library.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace rushes {
namespace {

class ClipLibraryTest : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("rushes-library-" + std::to_string(::getpid()) + "-" +
                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
        std::filesystem::remove_all(folder_);
    }

    void TearDown() override {
        std::filesystem::permissions(
            folder_, std::filesystem::perms::owner_all, std::filesystem::perm_options::add
        );
        std::filesystem::remove_all(folder_);
    }

    std::filesystem::path database() const { return folder_ / "deep" / "clips.db"; }

    static ClipRecord record(const std::string& prompt, std::int64_t created) {
        ClipRecord r;
        r.file = "/videos/" + prompt + ".mp4";
        r.recipe.prompt = prompt;
        r.recipe.model = "demo";
        r.recipe.seed = 18'446'744'073'709'551'615u;
        r.recipe.width = 160;
        r.recipe.height = 96;
        r.recipe.frames = 33;
        r.recipe.frame_rate = {12, 1};
        r.recipe.steps = 4;
        r.recipe.guidance_scale = 1;
        r.state = ClipState::stopped;
        r.width = 160;
        r.height = 96;
        r.frames = 25;
        r.seconds_to_make = 2.5;
        r.report_json = R"({"text": 0.1})";
        r.created_unix_ms = created;
        return r;
    }

    std::filesystem::path folder_;
};

TEST_F(ClipLibraryTest, KeepsEverythingOverARestart) {
    std::int64_t id = 0;
    const ClipRecord made = record("a red ball 🎈", 1000);
    {
        ClipLibrary library(database());
        id = library.add(made);
        library.set_favourite(id, true);
    }
    const ClipLibrary library(database());
    const auto found = library.find(id);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->file, made.file);
    EXPECT_EQ(found->recipe, made.recipe);
    EXPECT_EQ(found->state, ClipState::stopped);
    EXPECT_EQ(found->width, 160);
    EXPECT_EQ(found->height, 96);
    EXPECT_EQ(found->frames, 25);
    EXPECT_DOUBLE_EQ(found->seconds_to_make, 2.5);
    EXPECT_EQ(found->report_json, made.report_json);
    EXPECT_EQ(found->created_unix_ms, 1000);
    EXPECT_TRUE(found->favourite);
}

TEST_F(ClipLibraryTest, ListsNewestFirstWithinTheLimit) {
    ClipLibrary library(database());
    library.add(record("old", 1000));
    library.add(record("newest", 3000));
    library.add(record("middle", 2000));
    const auto clips = library.list(2);
    ASSERT_EQ(clips.size(), 2u);
    EXPECT_EQ(clips[0].recipe.prompt, "newest");
    EXPECT_EQ(clips[1].recipe.prompt, "middle");
}

TEST_F(ClipLibraryTest, SearchWantsEveryWordAndTakesWildcardsLiterally) {
    ClipLibrary library(database());
    library.add(record("a red ball over the sea", 1));
    library.add(record("a red box", 2));
    library.add(record("100% wool_hat", 3));
    ASSERT_EQ(library.list(10, "ball red").size(), 1u);
    EXPECT_EQ(library.list(10, "RED").size(), 2u);
    EXPECT_EQ(library.list(10, "%").size(), 1u);
    EXPECT_EQ(library.list(10, "l_h").size(), 1u);
    EXPECT_EQ(library.list(10, "'; DROP TABLE clips; --").size(), 0u);
    EXPECT_EQ(library.list(10).size(), 3u);
}

TEST_F(ClipLibraryTest, RemoveForgetsOnlyThatClip) {
    ClipLibrary library(database());
    const auto first = library.add(record("first", 1));
    library.add(record("second", 2));
    library.remove(first);
    EXPECT_FALSE(library.find(first).has_value());
    EXPECT_EQ(library.list(10).size(), 1u);
}

TEST_F(ClipLibraryTest, GivesTheTimeWhenNoneIsGiven) {
    ClipLibrary library(database());
    const auto id = library.add(record("now", 0));
    EXPECT_GT(library.find(id)->created_unix_ms, 1'700'000'000'000);
}

TEST_F(ClipLibraryTest, SurvivesAKillInTheMiddleOfWriting) {
    { const ClipLibrary make_it(database()); }
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            ClipLibrary library(database());
            for (int i = 1;; ++i) {
                library.add(record("clip " + std::to_string(i), i));
                const char byte = 1;
                if (::write(ready[1], &byte, 1) != 1) {
                    ::_exit(1);
                }
            }
        } catch (...) {
            ::_exit(1);
        }
    }
    char byte = 0;
    constexpr int confirmed = 20; // add() returned for these: they must be there
    for (int i = 0; i < confirmed; ++i) {
        ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(ready[0]);
    ::close(ready[1]);
    ASSERT_TRUE(WIFSIGNALED(status));

    ClipLibrary library(database());
    const auto clips = library.list(1'000'000);
    EXPECT_GE(clips.size(), static_cast<std::size_t>(confirmed));
    EXPECT_EQ(clips.back().recipe.prompt, "clip 1");
    EXPECT_GT(library.add(record("after", 1)), 0);
}

TEST_F(ClipLibraryTest, TwoWindowsWriteAtOnce) {
    constexpr int each = 50;
    const auto write = [&] {
        ClipLibrary library(database());
        for (int i = 0; i < each; ++i) {
            library.add(record("clip", i));
        }
    };
    {
        const std::jthread first(write);
        const std::jthread second(write);
    }
    EXPECT_EQ(ClipLibrary(database()).list(1000).size(), 2u * each);
}

TEST_F(ClipLibraryTest, FindsAClipByItsFile) {
    ClipLibrary library(database());
    const auto made = library.add(record("clip", 1));
    const auto found = library.find(library.find(made)->file);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, made);
    EXPECT_FALSE(library.find(std::filesystem::path("/nowhere.mp4")));
}

TEST_F(ClipLibraryTest, SeesWhatAnotherWindowChanged) {
    ClipLibrary mine(database());
    ClipLibrary other(database());
    EXPECT_FALSE(mine.changed_elsewhere());
    mine.add(record("mine", 1));
    EXPECT_FALSE(mine.changed_elsewhere());
    other.add(record("other", 2));
    EXPECT_TRUE(mine.changed_elsewhere());
    EXPECT_FALSE(mine.changed_elsewhere());
    EXPECT_EQ(mine.list(10).size(), 2U);
}

TEST_F(ClipLibraryTest, RefusesANewerSchemaWithASentence) {
    { const ClipLibrary make_it(database()); }
    {
        SQLite::Database raw(database().string(), SQLite::OPEN_READWRITE);
        raw.exec("PRAGMA user_version = 999");
    }
    try {
        const ClipLibrary library(database());
        FAIL() << "opened";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::resource);
        EXPECT_NE(std::string(error.what()).find("newer version"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find(database().string()), std::string::npos);
        EXPECT_FALSE(error.hint().empty());
    }
}

TEST_F(ClipLibraryTest, RefusesAFileThatIsNoDatabase) {
    std::filesystem::create_directories(database().parent_path());
    std::ofstream(database()
    ) << "This is a letter, not a database, and it is long enough to be sure about that.";
    EXPECT_THROW(ClipLibrary{database()}, Error);
}

TEST_F(ClipLibraryTest, ShowsAClipWhoseRecipeIsFromANewerProgram) {
    {
        ClipLibrary library(database());
        library.add(record("clip", 1));
    }
    {
        SQLite::Database raw(database().string(), SQLite::OPEN_READWRITE);
        raw.exec("UPDATE clips SET recipe = '{\"schema_version\": 999}'");
    }
    const auto clips = ClipLibrary(database()).list(10);
    ASSERT_EQ(clips.size(), 1u);
    EXPECT_EQ(clips[0].frames, 25);
    EXPECT_TRUE(clips[0].recipe.prompt.empty());
}

} // namespace
} // namespace rushes
