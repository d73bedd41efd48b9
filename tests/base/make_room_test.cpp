#include "base/atomic_file.h"
#include "base/make_room.h"

#include <chrono>
#include <gtest/gtest.h>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

class MakeRoom : public ::testing::Test {
protected:
    MakeRoom() { fs::remove_all(folder_); }

    ~MakeRoom() override { fs::remove_all(folder_); }

    void file(const std::string& name, std::size_t bytes, int hours_old) const {
        write_file(folder_ / name, std::string(bytes, 'x'));
        fs::last_write_time(folder_ / name, fs::file_time_type::clock::now() - std::chrono::hours(hours_old));
    }

    bool there(const char* name) const { return fs::exists(folder_ / name); }

    static std::optional<std::uint64_t> of_ours(const fs::path& path) {
        return path.extension() == ".ours" ? std::optional(fs::file_size(path)) : std::nullopt;
    }

    const fs::path folder_ = fs::temp_directory_path() / ("rushes-make-room-" + std::to_string(::getpid()));
};

TEST_F(MakeRoom, TakesTheOldestAndNoMoreThanItMust) {
    file("young.ours", 100, 1);
    file("older.ours", 100, 2);
    file("oldest.ours", 100, 3);
    make_room(folder_, 300, of_ours);
    EXPECT_TRUE(there("oldest.ours")) << "as much as may be";
    make_room(folder_, 299, of_ours);
    EXPECT_FALSE(there("oldest.ours"));
    EXPECT_TRUE(there("older.ours") && there("young.ours"));
    make_room(folder_, 0, of_ours);
    EXPECT_FALSE(there("older.ours") || there("young.ours"));
}

TEST_F(MakeRoom, NeitherCountsNorTakesWhatIsNotOurs) {
    file("a letter.txt", 5000, 9);
    file("some.ours", 100, 1);
    make_room(folder_, 100, of_ours);
    EXPECT_TRUE(there("some.ours"));
    make_room(folder_, 10, of_ours);
    EXPECT_TRUE(there("a letter.txt"));
    make_room(folder_ / "nowhere", 10, of_ours);
}

} // namespace
} // namespace rushes
