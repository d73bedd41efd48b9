// What a person should never have to look for: family names outside their folder, files that grew too long.
#include "arrows/sources.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>
#include <regex>
#include <set>

namespace rushes::arrows {
namespace {

constexpr std::size_t longest_file = 500;
constexpr std::size_t long_file = 400;

bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

/// True where `text` names the family as a word of an identifier or sentence: "wan", "wan_config",
/// "WanPipeline", "WAN", but not "want" or "swan".
bool names_family(std::string_view text, std::string_view family) {
    const auto lower = [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); };
    for (std::size_t at = 0; at + family.size() <= text.size(); ++at) {
        const std::string_view word = text.substr(at, family.size());
        if (!std::ranges::equal(word, family, {}, lower, lower)) {
            continue;
        }
        const bool starts = at == 0 || !is_letter(text[at - 1]);
        const char next = at + family.size() < text.size() ? text[at + family.size()] : ' ';
        const bool upper = std::isupper(static_cast<unsigned char>(word.back())) != 0;
        const bool ends = !is_letter(next) || (std::isupper(static_cast<unsigned char>(next)) != 0 && !upper);
        if (starts && ends) {
            return true;
        }
    }
    return false;
}

TEST(Arrows, RecognisesFamilyNames) {
    for (const char* text :
         {"wan", "a wan model", "wan_config", "WanPipeline", "\"WAN\"", "models/wan/vae.h", "Wan2"}) {
        EXPECT_TRUE(names_family(text, "wan")) << text;
    }
    for (const char* text : {"want", "swan", "WANT", "Wanted", "taiwan", "wa", ""}) {
        EXPECT_FALSE(names_family(text, "wan")) << text;
    }
}

TEST(Arrows, NoFamilyIsNamedOutsideItsFolder) {
    const std::vector<std::string> families = family_names();
    ASSERT_FALSE(families.empty());
    for (const char* folder : {"core", "ui", "app"}) {
        for (const Source& source : sources_below(folder)) {
            for (const std::string& family : families) {
                if (source.path.string().starts_with("core/models/" + family + "/")) {
                    continue;
                }
                for (const Line& line : source.lines) {
                    EXPECT_FALSE(names_family(line.text, family))
                        << place(source, line) << " names the family " << family << ": " << line.text;
                }
            }
        }
    }
}

/// "Suite.Name" and "Suite" of every test.
std::set<std::string> names_of_tests() {
    static const std::regex one(R"(\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+))");
    std::set<std::string> names;
    for (const Source& source : sources_below("tests")) {
        std::string text;
        for (const Line& line : source.lines) {
            text += line.text + '\n';
        }
        for (std::sregex_iterator at(text.begin(), text.end(), one), end; at != end; ++at) {
            names.insert((*at)[1].str());
            names.insert((*at)[1].str() + '.' + (*at)[2].str());
        }
    }
    return names;
}

/// Those in the last column of its tables. Gives how many there are.
int check_names_of_tests(const std::string& document, const std::set<std::string>& tests) {
    std::ifstream walk(std::filesystem::path(RUSHES_SOURCE_DIR) / "docs" / document);
    static const std::regex name("`(\\w*)(\\.(\\w+|\\*))?`");
    int seen = 0;
    for (std::string line; std::getline(walk, line);) {
        const std::size_t column = line.rfind(" | ");
        if (!line.starts_with("| ") || column == std::string::npos) {
            continue;
        }
        const std::string cell = line.substr(column);
        std::string suite; // ".Name" is of the one before
        for (std::sregex_iterator at(cell.begin(), cell.end(), name), end; at != end; ++at) {
            suite = (*at)[1].length() > 0 ? (*at)[1].str() : suite;
            const std::string test = (*at)[3].str();
            const std::string wanted = test.empty() || test == "*" ? suite : suite + '.' + test;
            EXPECT_TRUE(tests.contains(wanted)) << document << " names " << wanted << ", which is no test";
            ++seen;
        }
    }
    return seen;
}

TEST(Arrows, EveryTestThatADocumentNamesIsThere) {
    const std::set<std::string> tests = names_of_tests();
    EXPECT_GT(check_names_of_tests("ui-walk.md", tests), 80);
    EXPECT_GT(check_names_of_tests("serve-checks.md", tests), 80);
}

TEST(Arrows, NoFileIsAGiant) {
    for (const char* folder : {"core", "ui", "app", "tests"}) {
        for (const Source& source : sources_below(folder)) {
            EXPECT_LE(source.lines.size(), longest_file) << source.path << ": split it";
            if (source.lines.size() > long_file && source.lines.size() <= longest_file) {
                std::cout << "long: " << source.path.string() << ", " << source.lines.size() << " lines\n";
            }
        }
    }
}

} // namespace
} // namespace rushes::arrows
