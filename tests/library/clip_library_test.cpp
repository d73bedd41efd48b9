#include "base/error.h"
#include "library/clip_library.h"
#include "library/content_key.h"

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

TEST_F(ClipLibraryTest, ListsTheLastAddedFirstWhateverTheClockSaid) {
    ClipLibrary library(database());
    library.add(record("first", 1000));
    library.add(record("second", 3000));
    library.add(record("third", 2000)); // the clock was set back
    const auto clips = library.list({}, 2);
    ASSERT_EQ(clips.size(), 2u);
    EXPECT_EQ(clips[0].recipe.prompt, "third");
    EXPECT_EQ(clips[1].recipe.prompt, "second");
    EXPECT_EQ(library.list({.order = ClipQuery::Order::oldest}, 1).at(0).recipe.prompt, "first");
}

TEST_F(ClipLibraryTest, SearchWantsEveryWordAndTakesWildcardsLiterally) {
    ClipLibrary library(database());
    library.add(record("a red ball over the sea", 1));
    library.add(record("a red box", 2));
    library.add(record("100% wool_hat", 3));
    ASSERT_EQ(library.list({.words = "ball red"}, 10).size(), 1u);
    EXPECT_EQ(library.list({.words = "RED"}, 10).size(), 2u);
    EXPECT_EQ(library.list({.words = "%"}, 10).size(), 1u);
    EXPECT_EQ(library.list({.words = "l_h"}, 10).size(), 1u);
    EXPECT_EQ(library.list({.words = "'; DROP TABLE clips; --"}, 10).size(), 0u);
    EXPECT_EQ(library.list({}, 10).size(), 3u);
}

TEST_F(ClipLibraryTest, SearchFindsPartsOfWordsInAnyScriptAndTags) {
    ClipLibrary library(database());
    const auto ball = library.add(record("一个红色的球在海上弹跳", 1));
    const auto ship = library.add(record("Ein großes Schiff im Nebel", 2));
    library.set_tags(ship, {"holiday", "ÜBER ALLES"});
    const auto found = [&](const char* words) { return library.ids({.words = words}); };
    EXPECT_EQ(found("红色"), std::vector{ball}); // two characters are a word
    EXPECT_EQ(found("海上弹"), std::vector{ball});
    EXPECT_EQ(found("GROSS"), std::vector<std::int64_t>{});
    EXPECT_EQ(found("GROẞES"), std::vector{ship});
    EXPECT_EQ(found("schiff nebel"), std::vector{ship});
    EXPECT_EQ(found("olida"), std::vector{ship});
    EXPECT_EQ(found("über"), std::vector{ship});
    EXPECT_EQ(found("schiff holiday"), std::vector{ship}); // a word of the prompt and one of a tag
    EXPECT_EQ(found("schiff \"neb"), std::vector<std::int64_t>{});
    EXPECT_EQ(found("AND"), std::vector<std::int64_t>{}); // no word of a query language
    library.set_tags(ship, {"work"});
    EXPECT_EQ(found("holiday"), std::vector<std::int64_t>{});
    library.remove(ship);
    EXPECT_EQ(found("work"), std::vector<std::int64_t>{});
    EXPECT_TRUE(library.tags().empty());
}

TEST_F(ClipLibraryTest, FiltersAndOrdersTogether) {
    ClipLibrary library(database());
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 6; ++i) {
        ClipRecord clip = record(i % 2 == 0 ? "a red ball" : "a blue star", 1000 + i);
        clip.recipe.model = i < 3 ? "small" : "large";
        clip.width = i < 2 ? 96 : 160;
        clip.height = i == 1 ? 160 : 96;
        clip.rating = i;
        ids.push_back(library.add(clip));
    }
    library.set_favourite(ids[2], true);
    library.set_favourite(ids[4], true);
    library.set_rating(ids[0], 9); // five stars are the most
    library.set_tags(ids[4], {"Sea", "sea", "night"});
    using Ids = std::vector<std::int64_t>;
    EXPECT_EQ(library.ids({.words = "ball", .favourites = true}), (Ids{ids[4], ids[2]}));
    EXPECT_EQ(library.ids({.least_rating = 4}), (Ids{ids[5], ids[4], ids[0]}));
    EXPECT_EQ(library.ids({.order = ClipQuery::Order::best_rated}, 3), (Ids{ids[5], ids[0], ids[4]}));
    EXPECT_EQ(library.ids({.model = "small"}), (Ids{ids[2], ids[1], ids[0]}));
    EXPECT_EQ(library.ids({.shape = ClipQuery::Shape::square}), (Ids{ids[0]}));
    EXPECT_EQ(library.ids({.shape = ClipQuery::Shape::tall}), (Ids{ids[1]}));
    EXPECT_EQ(library.ids({.model = "small", .shape = ClipQuery::Shape::wide}), (Ids{ids[2]}));
    EXPECT_EQ(library.ids({.tag = "SEA"}), (Ids{ids[4]}));
    EXPECT_EQ(library.ids({.since_unix_ms = 1004}), (Ids{ids[5], ids[4]}));
    EXPECT_EQ(library.tags().size(), 2u); // "sea" once
    EXPECT_EQ(library.models(), (std::vector<std::string>{"large", "small"}));
    EXPECT_EQ(library.read(Ids{ids[3], 12345, ids[1]}).size(), 2u);
    // A clip that comes back has all that it had.
    const ClipRecord gone = *library.find(ids[4]);
    EXPECT_EQ(gone.tags.size(), 2u);
    library.remove(ids[4]);
    library.add(gone);
    EXPECT_EQ(library.find(ids[4])->tags, gone.tags);
    EXPECT_EQ(library.find(ids[4])->rating, 4);
    EXPECT_TRUE(library.find(ids[4])->favourite);
}

TEST_F(ClipLibraryTest, ShortWordsAreFoundInPromptsAndTagsAndTogetherWithLongOnes) {
    ClipLibrary library(database());
    const std::int64_t first = library.add(record("ein rotes Ei", 1));
    const std::int64_t second = library.add(record("a red ball", 2));
    const std::int64_t third = library.add(record("红球 over the sea", 3));
    EXPECT_EQ(library.ids({.words = "EI"}), std::vector{first});
    EXPECT_EQ(library.ids({.words = "红球"}), std::vector{third});
    EXPECT_EQ(library.ids({.words = "a"}), (std::vector{third, second}));
    EXPECT_EQ(library.ids({.words = "qz"}), std::vector<std::int64_t>{});
    EXPECT_EQ(library.ids({.words = "%"}), std::vector<std::int64_t>{});
    library.set_tags(second, {"xy", "100%"});
    EXPECT_EQ(library.ids({.words = "xy"}), std::vector{second});
    EXPECT_EQ(library.ids({.words = "%"}), std::vector{second});
    EXPECT_EQ(library.ids({.words = "re ball"}), std::vector{second});
    EXPECT_EQ(library.ids({.words = "ei ball"}), std::vector<std::int64_t>{});
    library.set_tags(second, {});
    EXPECT_EQ(library.ids({.words = "xy"}), std::vector<std::int64_t>{});
}

TEST_F(ClipLibraryTest, CollectionsHoldClipsUnderANameThatIsThereOnce) {
    std::vector<std::int64_t> clips;
    std::int64_t trip = 0;
    {
        ClipLibrary library(database());
        for (const char* const prompt : {"sea", "ball", "star"}) {
            clips.push_back(library.add(record(prompt, 1)));
        }
        trip = library.make_collection("Trip to the sea");
        EXPECT_EQ(library.make_collection("trip TO the sea"), trip);
        library.put_into(trip, clips);
        library.put_into(trip, std::vector{clips[0], std::int64_t{999}}); // there already; no clip
        library.take_out_of(trip, std::vector{clips[2]});
    }
    ClipLibrary library(database());
    ASSERT_EQ(library.collections().size(), 1u);
    EXPECT_EQ(library.collections()[0].name, "Trip to the sea");
    EXPECT_EQ(library.collections()[0].clips, 2);
    EXPECT_EQ(library.ids({.collection = trip}), (std::vector{clips[1], clips[0]}));
    EXPECT_EQ(library.ids({.words = "ball", .collection = trip}), std::vector{clips[1]});
    EXPECT_EQ(library.find(clips[0])->collections, std::vector{trip});

    const std::int64_t other = library.make_collection("Balls");
    EXPECT_FALSE(library.rename_collection(other, "TRIP to the sea"));
    EXPECT_TRUE(library.rename_collection(other, "balls"));
    EXPECT_EQ(library.collections()[0].name, "balls");
}

TEST_F(ClipLibraryTest, WhatIsRemovedComesBackWithItsCollections) {
    ClipLibrary library(database());
    const std::int64_t clip = library.add(record("sea", 1));
    const std::int64_t gone = library.add(record("ball", 2));
    const Collection trip{library.make_collection("Trip"), "Trip", 2};
    library.put_into(trip.id, std::vector{clip, gone});

    const ClipRecord before = library.find(clip).value();
    library.remove(clip);
    EXPECT_EQ(library.collections()[0].clips, 1);
    library.add(before);
    EXPECT_EQ(library.ids({.collection = trip.id}), (std::vector{gone, clip}));

    library.remove_collection(trip.id);
    EXPECT_TRUE(library.collections().empty());
    EXPECT_TRUE(library.find(clip)->collections.empty());
    library.remove(gone);
    EXPECT_NE(library.make_collection("Another"), trip.id) << "a number is given once";
    library.restore_collection(trip, std::vector{clip, gone});
    EXPECT_EQ(library.ids({.collection = trip.id}), std::vector{clip});
}

TEST_F(ClipLibraryTest, AClipIsFoundByItsLook) {
    const auto look = [](int width, std::uint8_t level) {
        ClipLook result;
        result.width = width;
        result.height = 100;
        for (LookPicture& picture : result.pictures) {
            picture.light.fill(level);
        }
        return result;
    };
    ClipLibrary library(database());
    std::vector<std::int64_t> clips;
    for (const std::uint8_t level : {20, 50, 58, 120}) {
        clips.push_back(library.add(record("clip", 1)));
        EXPECT_FALSE(library.has_look(clips.back()));
        library.set_look(clips.back(), look(100, level));
        EXPECT_TRUE(library.has_look(clips.back()));
    }
    library.set_look(999, look(100, 50)); // no clip
    const auto found = library.alike(look(100, 51), 10);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].clip, clips[1]);
    EXPECT_DOUBLE_EQ(found[0].difference, 1);
    EXPECT_EQ(found[1].clip, clips[2]);
    EXPECT_EQ(library.alike(look(100, 51), 1).size(), 1u);
    library.remove(clips[1]);
    EXPECT_EQ(library.alike(look(100, 51), 10).size(), 1u);
    EXPECT_TRUE(library.alike(look(100, 75), 10).empty());
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(library.alike(look(100, 51), 10, stop.get_token()), Stopped);
}

TEST_F(ClipLibraryTest, TakesALibraryOfTheFirstVersionAlong) {
    std::filesystem::create_directories(database().parent_path());
    {
        // As the first version made it, with a clip of then.
        SQLite::Database old(database().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        old.exec(
            "CREATE TABLE clips (id INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL, prompt TEXT NOT "
            "NULL, "
            "recipe TEXT NOT NULL, state TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, "
            "frames INTEGER NOT NULL, seconds_to_make REAL NOT NULL, report TEXT NOT NULL, "
            "created_unix_ms INTEGER NOT NULL, favourite INTEGER NOT NULL DEFAULT 0);"
            "CREATE INDEX clips_by_time ON clips (created_unix_ms DESC, id DESC);"
            "PRAGMA user_version = 1"
        );
        SQLite::Statement insert(
            old,
            "INSERT INTO clips VALUES (7, '/v/a.mp4', 'a red ball', ?, 'finished', 160, 96, 33, 1.5, '', "
            "1000, 1)"
        );
        insert.bind(1, to_json(record("a red ball", 1000).recipe));
        insert.exec();
        old.exec(
            "INSERT INTO clips VALUES (8, '/v/b.mp4', 'odd', 'no json', 'finished', 1, 1, 1, 1, '', 1001, 0)"
        );
    }
    ClipLibrary library(database());
    EXPECT_EQ(library.ids({.words = "ball"}), std::vector<std::int64_t>{7});
    EXPECT_EQ(library.ids({.words = "ba"}), std::vector<std::int64_t>{7});
    EXPECT_EQ(library.ids({.model = "demo"}), std::vector<std::int64_t>{7});
    EXPECT_EQ(library.count(), 2);
    library.set_tags(7, {"kept"});
    const ClipRecord clip = ClipLibrary(database()).find(std::int64_t{7}).value();
    EXPECT_TRUE(clip.favourite);
    EXPECT_EQ(clip.tags, std::vector<std::string>{"kept"});
    EXPECT_EQ(library.add(record("next", 2)), 9);
}

TEST_F(ClipLibraryTest, OfADamagedFileIsKeptWhatCanBeRead) {
    constexpr int many = 400;
    {
        ClipLibrary library(database());
        for (int i = 0; i < many; ++i) {
            ClipRecord clip = record("clip number " + std::to_string(i), i);
            clip.tags = {"tagged"};
            library.add(clip);
        }
    }
    std::ofstream(database().string() + "-wal"); // as a program leaves it that was killed
    const auto size = std::filesystem::file_size(database());
    {
        std::fstream file(database(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(size / 2));
        file << std::string(3 * 4096, 'X');
    }
    std::vector<std::string> problems;
    ClipLibrary library(database(), &problems);
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_NE(problems[0].find("damaged"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(database().parent_path() / "clips.damaged.db"));
    EXPECT_GT(library.count(), many / 2);
    EXPECT_EQ(static_cast<std::int64_t>(library.ids({.words = "clip number"}).size()), library.count());
    EXPECT_GT(library.ids({.tag = "tagged"}).size(), 0u);
}

TEST_F(ClipLibraryTest, AFileThatWasMovedIsFoundByItsContent) {
    const auto write = [](const std::filesystem::path& file, const std::string& text) {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
    };
    std::string bytes(300'000, 'a');
    const auto first = folder_ / "videos" / "a.mp4";
    write(first, bytes);
    bytes[150'000] = 'b'; // the same size, another picture in the middle
    write(folder_ / "videos" / "other.mp4", bytes);
    const std::string key = content_key(first);
    EXPECT_NE(content_key(folder_ / "videos" / "other.mp4"), key);
    EXPECT_EQ(content_key(folder_ / "nothing.mp4"), "");
    std::filesystem::create_directories(folder_ / "videos" / "deep" / "er");
    const auto moved = folder_ / "videos" / "deep" / "er" / "renamed.mp4";
    std::filesystem::rename(first, moved);
    using Found = std::map<std::string, std::filesystem::path>;
    write(folder_ / "empty.mp4", "");
    const std::string empty = content_key(folder_ / "empty.mp4");
    EXPECT_EQ(find_by_content({key}, {folder_ / "nowhere", folder_ / "videos"}, 1000), (Found{{key, moved}}));
    EXPECT_EQ(
        find_by_content({key, empty, "12:no file has this"}, {folder_}, 1000),
        (Found{{key, moved}, {empty, folder_ / "empty.mp4"}})
    );
    EXPECT_EQ(find_by_content({key}, {folder_ / "videos"}, 1), Found{});
    EXPECT_EQ(find_by_content({""}, {folder_ / "videos"}, 1000), Found{});
    ClipLibrary library(database());
    ClipRecord clip = record("a", 1);
    clip.content = key;
    const auto id = library.add(clip);
    EXPECT_EQ(library.find_content(key)->id, id);
    EXPECT_FALSE(library.find_content(""));
}

TEST_F(ClipLibraryTest, RemoveForgetsOnlyThatClip) {
    ClipLibrary library(database());
    const auto first = library.add(record("first", 1));
    library.add(record("second", 2));
    library.remove(first);
    EXPECT_FALSE(library.find(first).has_value());
    EXPECT_EQ(library.list({}, 10).size(), 1u);
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
    const auto clips = library.list({}, 1'000'000);
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
    EXPECT_EQ(ClipLibrary(database()).list({}, 1000).size(), 2u * each);
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
    EXPECT_EQ(mine.list({}, 10).size(), 2U);
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
    const auto clips = ClipLibrary(database()).list({}, 10);
    ASSERT_EQ(clips.size(), 1u);
    EXPECT_EQ(clips[0].frames, 25);
    EXPECT_TRUE(clips[0].recipe.prompt.empty());
}

} // namespace
} // namespace rushes
