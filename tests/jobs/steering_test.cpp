// Prompts that take over while a clip is made: wished for, taken at a block, kept over a restart.
#include "base/atomic_file.h"
#include "base/error.h"
#include "jobs/steering.h"
#include "support/scratch_folder.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

TEST(Steering, AWishIsTakenOnceAndGivenAgainForItsFrame) {
    int told = 0;
    Steering steering({}, 4, [&] { ++told; });
    EXPECT_EQ(steering.take(0), std::nullopt);
    EXPECT_EQ(told, 0);
    steering.wish("a star");
    steering.wish("a moon"); // the last one counts
    EXPECT_EQ(steering.wished(), "a moon");
    EXPECT_EQ(steering.take(9), "a moon");
    EXPECT_EQ(steering.wished(), std::nullopt);
    EXPECT_EQ(steering.take(13), std::nullopt);
    EXPECT_EQ(steering.take(9), "a moon") << "a run that comes to the frame again";
    EXPECT_EQ(steering.taken(), (std::vector<PromptChange>{{9, "a moon"}}));
    EXPECT_EQ(told, 2);
}

TEST(Steering, MoreChangesThanAClipHoldsAreRefused) {
    Steering steering({}, 1);
    steering.wish("a star");
    steering.take(5);
    EXPECT_THROW(steering.wish("a moon"), Error);
    EXPECT_EQ(steering.taken().size(), 1U);
}

TEST(Steering, IsThereAfterARestartUntilTheClipIsFinished) {
    const test::ScratchFolder folder("rushes-steering-");
    const auto place = folder.path / "checkpoint";
    {
        Steering steering(place, 4);
        steering.wish("a star");
        steering.take(5);
        steering.wish("a moon");
        steering.take(9);
    }
    Steering again(place, 4);
    again.restore();
    EXPECT_EQ(again.taken(), (std::vector<PromptChange>{{5, "a star"}, {9, "a moon"}}));
    EXPECT_EQ(again.take(5), "a star");
    again.forget();
    EXPECT_FALSE(std::filesystem::exists(place));
}

TEST(Steering, WhatCannotBeReadIsAsIfItWereNotThere) {
    for (const char* text : {"", "{", "[1]", R"([{"frame": 5, "prompt": "a star"}, {"frame": "x"}])"}) {
        const test::ScratchFolder folder("rushes-steering-");
        write_file(folder.path / "steering.json", text);
        Steering steering(folder.path, 4);
        steering.restore();
        EXPECT_TRUE(steering.taken().empty()) << text;
        steering.wish("a moon"); // and it works
        EXPECT_EQ(steering.take(9), "a moon");
    }
}

TEST(Steering, TheRecipeSaysWhatMadeTheClip) {
    Recipe recipe;
    recipe.prompt_changes = {{5, "a star"}, {13, "a boat"}};
    const Recipe whole = steered(recipe, {{9, "a moon"}, {13, "a ball"}});
    EXPECT_EQ(
        whole.prompt_changes, (std::vector<PromptChange>{{5, "a star"}, {9, "a moon"}, {13, "a ball"}})
    );
}

} // namespace
} // namespace rushes
