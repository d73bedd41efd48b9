// What a clip is found by, beside its first prompt and its tags (clip_library_test.cpp).
#include "library/clip_library.h"
#include "support/scratch_folder.h"

#include <gtest/gtest.h>
#include <vector>

namespace rushes {
namespace {

ClipRecord clip_of(const std::string& prompt) {
    ClipRecord record;
    record.file = "/videos/" + prompt + ".mp4";
    record.recipe.prompt = prompt;
    record.recipe.model = "demo";
    return record;
}

TEST(ClipSearch, FindsAClipByThePromptsThatTookOver) {
    const test::ScratchFolder folder("rushes-clip-search-");
    ClipLibrary library(folder.path / "clips.db");
    ClipRecord steered = clip_of("a red ball bounces");
    steered.recipe.prompt_changes = {{9, "a yellow star"}};
    const auto star = library.add(steered);
    ClipRecord parted = clip_of("a blue ring");
    parted.recipe.step_changes = {{3, "a green heart", -1}};
    const auto heart = library.add(parted);
    const auto found = [&](const char* words) { return library.ids({.words = words}); };
    EXPECT_EQ(found("star"), std::vector{star});
    EXPECT_EQ(found("ball star"), std::vector{star});
    EXPECT_EQ(found("heart"), std::vector{heart});
}

} // namespace
} // namespace rushes
