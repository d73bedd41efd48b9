// One text that stands for several prompts.
#include "generation/prompt_alternatives.h"
#include "support/message_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(PromptAlternatives, EachWithEach) {
    EXPECT_THAT(prompt_alternatives("a cat"), ElementsAre("a cat"));
    EXPECT_THAT(prompt_alternatives(""), ElementsAre(""));
    EXPECT_THAT(
        prompt_alternatives("a {red|blue} ball {bounces|spins|}"),
        ElementsAre(
            "a red ball bounces",
            "a red ball spins",
            "a red ball ",
            "a blue ball bounces",
            "a blue ball spins",
            "a blue ball "
        )
    );
    EXPECT_THAT(
        prompt_alternatives("{a {small|large} cat|a dog}!"),
        ElementsAre("a small cat!", "a large cat!", "a dog!")
    );
}

TEST(PromptAlternatives, OtherBracesAreText) {
    EXPECT_THAT(prompt_alternatives("a {cat} | dog"), ElementsAre("a {cat} | dog"));
    EXPECT_THAT(prompt_alternatives("a { cat {x|y}"), ElementsAre("a { cat x", "a { cat y"));
    EXPECT_THAT(prompt_alternatives("a } cat |"), ElementsAre("a } cat |"));
    EXPECT_THAT(prompt_alternatives("{{a|b}}"), ElementsAre("{a}", "{b}"));
}

TEST(PromptAlternatives, TooManyAreRefused) {
    std::string text;
    for (int i = 0; i < 6; ++i) {
        text += "{0|1}";
    }
    EXPECT_EQ(prompt_alternatives(text).size(), most_prompts);
    EXPECT_THAT(test::message_of([&] { prompt_alternatives(text + "{0|1}"); }), HasSubstr("more than 64"));
    std::string deep(20000, '{');
    EXPECT_EQ(prompt_alternatives(deep).size(), 1U) << "a thousand braces without a partner";
}

} // namespace
} // namespace rushes
