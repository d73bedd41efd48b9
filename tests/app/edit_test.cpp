// Clips made of clips by the built program.
#include "app/program.h"
#include "media/clip_reader.h"
#include "media/encoder.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using app_test::Ran;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EditProgram : public ::testing::Test {
protected:
    EditProgram() : folder_(fs::temp_directory_path() / ("rushes-edit-" + std::to_string(::getpid()))) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    ~EditProgram() override { fs::remove_all(folder_); }

    /// Two seconds, 12 frames each; frame i is of level 10 i.
    fs::path clip(const std::string& name, int width = 32) const {
        const auto encoder = Encoder::open(folder_ / name, width, 16, {12, 1}, {}, "");
        for (int i = 0; i < 24; ++i) {
            const auto level = static_cast<std::uint8_t>(10 * i);
            encoder->write(
                {width, 16, 0, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * 16 * 3, level)}
            );
        }
        return encoder->finish().path;
    }

    Ran edit(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "edit");
        return app_test::run(folder_, arguments);
    }

    std::vector<int> levels(const std::string& name) const {
        ClipReader reader(folder_ / name);
        std::vector<int> all;
        while (const FramePtr frame = reader.next()) {
            all.push_back(frame->rgb.front());
        }
        return all;
    }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    void expectRefusal(const Ran& ran, const std::string& says) const {
        EXPECT_EQ(ran.exit_code, 1) << ran.err;
        EXPECT_THAT(ran.err, HasSubstr(says));
        EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1) << ran.err;
        EXPECT_FALSE(fs::exists(folder_ / "out.mkv"));
    }

    const fs::path folder_;
};

TEST_F(EditProgram, CutsAPartBySeconds) {
    const std::string whole = clip("a.mkv").string();
    const Ran ran = edit({whole + ":0.5-0.75", "-o", path("out.mkv")});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(ran.out, path("out.mkv") + "\n");
    EXPECT_THAT(levels("out.mkv"), ElementsAre(60, 70, 80));
    EXPECT_THAT(levels("a.mkv"), ::testing::SizeIs(24)) << "the clip itself stays";
    ASSERT_EQ(edit({whole + ":1.75-", "-o", path("end.mkv")}).exit_code, 0);
    EXPECT_THAT(levels("end.mkv"), ElementsAre(210, 220, 230));
}

TEST_F(EditProgram, JoinsPartsInTheirOrderAndANameMayHoldAColon) {
    clip("a.mkv");
    fs::rename(folder_ / "a.mkv", folder_ / "take:0-1");
    clip("b.mkv");
    const Ran ran = edit({path("b.mkv") + ":0-0.1", path("take:0-1"), "-o", path("out.mkv")});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const std::vector<int> all = levels("out.mkv");
    ASSERT_EQ(all.size(), 25U) << "the second one whole";
    EXPECT_EQ(all[0], 0);
    EXPECT_EQ(all[1], 0);
    EXPECT_EQ(all[24], 230);
}

TEST_F(EditProgram, GoesRoundBothWays) {
    const std::string whole = clip("a.mkv").string();
    ASSERT_EQ(edit({whole, "--loop", "back", "-o", path("back.mkv")}).exit_code, 0);
    EXPECT_EQ(levels("back.mkv").size(), 2U * 24 - 2);
    ASSERT_EQ(edit({whole, "--loop", "fade", "--fade", "0.25", "-o", path("fade.mkv")}).exit_code, 0);
    EXPECT_EQ(levels("fade.mkv").size(), 24U - 3);
    expectRefusal(edit({whole, "--fade", "0.25", "-o", path("out.mkv")}), "--fade says how long --loop fade");
}

TEST_F(EditProgram, AnotherSizeIsFittedWhereThatIsAskedFor) {
    const std::string a = clip("a.mkv").string();
    const std::string wide = clip("wide.mkv", 48).string();
    expectRefusal(edit({a, wide, "-o", path("out.mkv")}), "48x16");
    const Ran ran = edit({a, wide, "--fit", "-o", path("out.mkv")});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("1 clip of another size was cut"));
    EXPECT_EQ(ClipReader(folder_ / "out.mkv").facts().width, 32);
}

TEST_F(EditProgram, IsNamedAfterTheClipAndInTheLibrary) {
    const std::string whole = clip("a.mkv").string();
    const Ran ran = edit({whole + ":0-1"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const fs::path made = ran.out.substr(0, ran.out.size() - 1);
    EXPECT_EQ(made.parent_path(), folder_);
    EXPECT_NE(made, fs::path(whole));
    std::size_t libraries = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
        libraries += entry.path().filename() == "library.db";
    }
    EXPECT_EQ(libraries, 1U);
}

TEST_F(EditProgram, WhatIsNoPartIsOneSentence) {
    const std::string whole = clip("a.mkv").string();
    expectRefusal(edit({whole + ":1-0.5", "-o", path("out.mkv")}), "it ends before it begins");
    expectRefusal(edit({whole + ":5-6", "-o", path("out.mkv")}), "a.mkv");
    expectRefusal(edit({path("none.mkv"), "-o", path("out.mkv")}), "none.mkv");
    EXPECT_EQ(edit({whole, "-o", path("out.txt")}).exit_code, 2);
}

} // namespace
} // namespace rushes
