#include "base/atomic_file.h"
#include "text/html_entities.h"
#include "text/prompt_clean.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

nlohmann::json fixture(const std::string& name) {
    return nlohmann::json::parse(
        read_file(std::string(RUSHES_SOURCE_DIR) + "/tests/parity/fixtures/text/" + name)
    );
}

// make_text_fixtures.py: what ftfy and html make of some hundred texts.
TEST(PromptClean, AgreesWithThePipeline) {
    const auto cases = fixture("prompt_clean.json");
    ASSERT_GT(cases.size(), 250u);
    for (const auto& pair : cases) {
        EXPECT_EQ(clean_prompt(pair[0].get<std::string>()), pair[1].get<std::string>())
            << "from " << pair[0].dump(-1, ' ', true);
    }
}

TEST(PromptClean, BytesThatAreNotUtf8BecomeReplacementCharacters) {
    EXPECT_EQ(clean_prompt("a\xFFz"), "a\uFFFDz");
    EXPECT_EQ(clean_prompt("\xE2\x82"), "\uFFFD\uFFFD");
    EXPECT_EQ(clean_prompt("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD"); // a surrogate
    EXPECT_EQ(clean_prompt("\xC0\xAF"), "\uFFFD\uFFFD");           // overlong
    EXPECT_EQ(clean_prompt(std::string_view("a\0b", 3)), "ab");
}

TEST(PromptClean, EntitiesStayInATextWithMarkup) {
    EXPECT_EQ(unescape_html_strictly("&EACUTE;"), "É");
    EXPECT_EQ(unescape_html("&EACUTE;"), "&EACUTE;");
    EXPECT_EQ(clean_prompt("&EACUTE;"), "É");
    EXPECT_EQ(clean_prompt("<b>&EACUTE;"), "<b>&EACUTE;");
}

} // namespace
} // namespace rushes
