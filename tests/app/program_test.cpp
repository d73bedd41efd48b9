// The built program without a model: what it says and with which code it leaves.
#include "app/program.h"
#include "media/image.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <sys/stat.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using app_test::Ran;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Rushes : public ::testing::Test {
protected:
    Rushes()
        : folder_(
              fs::temp_directory_path() / (std::string("rushes-program-") +
                                           ::testing::UnitTest::GetInstance()->current_test_info()->name())
          ) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    ~Rushes() override { fs::remove_all(folder_); }

    Ran run(const std::vector<std::string>& arguments) const { return app_test::run(folder_, arguments); }

    fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return folder_ / name;
    }

    const fs::path folder_;
};

void expect_one_sentence(const Ran& ran, int code, const std::string& says) {
    EXPECT_EQ(ran.exit_code, code) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(says));
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    EXPECT_THAT(ran.out, IsEmpty());
}

TEST_F(Rushes, HelpGoesToStdout) {
    const Ran ran = run({"--help"});
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_THAT(ran.out, HasSubstr("Examples:"));
    EXPECT_THAT(ran.err, IsEmpty());
}

/// What is copied from there shows what it says.
TEST_F(Rushes, ExamplesOfTheHelpAreOfKnownWords) {
    const Ran help = run({"--help"});
    std::ifstream card(RUSHES_SOURCE_DIR "/resources/models/rushes-demo/rushes.json");
    std::set<std::string> known{"a"};
    const nlohmann::json vocabulary = nlohmann::json::parse(card).at("vocabulary").flatten();
    for (const auto& [place, text] : vocabulary.items()) {
        if (text.is_string()) { // an empty list stays a list
            std::istringstream words(text.get<std::string>());
            for (std::string word; words >> word;) {
                known.insert(word);
            }
        }
    }
    ASSERT_GT(known.size(), 50U);
    const std::regex prompt("generate \"([^\"]+)\"");
    int prompts = 0;
    for (std::sregex_iterator it(help.out.begin(), help.out.end(), prompt), end; it != end; ++it, ++prompts) {
        std::istringstream words((*it)[1].str());
        for (std::string word; words >> word;) {
            EXPECT_TRUE(known.contains(word)) << word;
        }
    }
    EXPECT_GE(prompts, 3);
}

TEST_F(Rushes, AWrongFlagIsOneSentenceAndCodeTwo) {
    expect_one_sentence(run({"generate", "x", "--frobnicate"}), 2, "--frobnicate");
    expect_one_sentence(run({"generate", "x", "--steps", "none"}), 2, "'none'");
}

TEST_F(Rushes, WithoutADisplayTheStudioSaysSo) {
    expect_one_sentence(run({}), 1, "no display");
}

TEST_F(Rushes, AnUnknownModelIsNamed) {
    expect_one_sentence(
        run({"generate", "x", "--model", "nothing-like-it", "--dry-run"}), 1, "nothing-like-it"
    );
    expect_one_sentence(run({"models", (folder_ / "none").string()}), 1, "none");
}

TEST_F(Rushes, ADirectoryThatIsNoModelIsNamed) {
    write("model_index.json", R"({"_class_name": "UnheardOfPipeline"})");
    expect_one_sentence(run({"models", folder_.string()}), 1, "UnheardOfPipeline");
    write("model_index.json", "{");
    expect_one_sentence(run({"models", folder_.string()}), 1, "model_index.json");
}

TEST_F(Rushes, RecipesThatCannotBeReadAreNamed) {
    expect_one_sentence(run({"recipe", (folder_ / "none.mp4").string()}), 1, "none.mp4");
    expect_one_sentence(run({"recipe", write("text.mp4", "not a clip").string()}), 1, "text.mp4");
    expect_one_sentence(run({"recipe", write("bad.json", "{]").string()}), 1, "no recipe");
    const fs::path newer = write("newer.json", R"({"schema_version": 99, "prompt": "x"})");
    expect_one_sentence(run({"recipe", newer.string()}), 1, "newer version");
    expect_one_sentence(run({"generate", "--recipe", newer.string(), "--dry-run"}), 1, "newer version");
}

TEST_F(Rushes, APipeIsRefusedAtOnce) {
    // Nobody writes into it: who opens it waits for ever.
    const fs::path pipe = folder_ / "pipe.mp4";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    expect_one_sentence(run({"recipe", pipe.string()}), 1, "pipe.mp4");
    expect_one_sentence(run({"generate", "--recipe", pipe.string(), "--dry-run"}), 1, "pipe.mp4");
    expect_one_sentence(run({"generate", "x", "--model", pipe.string(), "--dry-run"}), 1, "pipe.mp4");
    const fs::path json = folder_ / "pipe.json";
    ASSERT_EQ(::mkfifo(json.c_str(), 0600), 0);
    expect_one_sentence(run({"recipe", json.string()}), 1, "pipe.json");
    ASSERT_EQ(::mkfifo((folder_ / "model_index.json").c_str(), 0600), 0);
    expect_one_sentence(
        run({"generate", "x", "--model", folder_.string(), "--dry-run"}), 1, "model_index.json"
    );
}

TEST_F(Rushes, ANameThatIsTooLongIsOneSentence) {
    const std::string name(300, 'x');
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"recipe", name + ".mp4"},
             {"recipe", name + ".json"},
             {"models", name},
             {"generate", "x", "--model", name, "--dry-run"},
             {"generate", "--recipe", name + ".mp4", "--dry-run"},
         }) {
        const Ran ran = run(arguments);
        expect_one_sentence(ran, 1, name);
        EXPECT_THAT(ran.err, ::testing::Not(HasSubstr("filesystem error")));
    }
}

TEST_F(Rushes, ARecipeAsJsonIsPrintedBack) {
    const Ran ran = run({"recipe", write("r.json", R"({"schema_version": 1, "prompt": "a cat"})").string()});
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_EQ(nlohmann::json::parse(ran.out)["prompt"], "a cat");
}

TEST_F(Rushes, ModelsListsAsJson) {
    const Ran ran = run({"models", "--json"});
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_TRUE(nlohmann::json::parse(ran.out)["models"].is_array());
}

TEST_F(Rushes, ADirectoryIsAddedToTheModels) {
    const fs::path tiny = fs::path(RUSHES_SOURCE_DIR) / "tests" / "parity" / "fixtures" / "wan" / "wan21";
    expect_one_sentence(run({"models", "--add"}), 2, "DIR");
    expect_one_sentence(run({"models", "--add", folder_.string()}), 1, "model_index.json");
    EXPECT_EQ(run({"models", "--add", tiny.string()}).exit_code, 0);
    const Ran ran = run({"models", "--json"});
    EXPECT_THAT(ran.out, HasSubstr("\"id\": \"wan21\""));
}

TEST_F(Rushes, AMatrixHasALineForEachCombination) {
    const Ran ran = run(
        {"bench",
         "--matrix",
         "--models",
         "wan/tiny",
         "--sizes",
         "64x64,99999x64",
         "--steps",
         "1,3",
         "--frames",
         "5",
         "--dtypes",
         "fp32",
         "--json"}
    );
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const auto rows = nlohmann::json::parse(ran.out)["rows"];
    ASSERT_EQ(rows.size(), 4U);
    for (const int row : {0, 1}) {
        EXPECT_EQ(rows[row]["problem"], "");
        EXPECT_EQ(rows[row]["steps"], row == 0 ? 1 : 3);
        EXPECT_EQ(rows[row]["frames"], 5);
        const double denoising = rows[row]["figures"]["denoise_seconds"][0];
        EXPECT_DOUBLE_EQ(rows[row]["ms_a_step"], denoising * 1000 / (row == 0 ? 1 : 3));
        for (const char* const phase : {"text", "denoise", "decode", "whole"}) {
            EXPECT_GT(rows[row]["memory"][phase]["foretold_bytes"], 0) << phase;
            EXPECT_GT(rows[row]["memory"][phase]["counted_bytes"], 0) << phase;
        }
        EXPECT_GT(rows[row]["operators_a_step"], 100);
        EXPECT_GT(rows[row]["operators_a_frame"], 10);
    }
    EXPECT_THAT(rows[2]["problem"].get<std::string>(), HasSubstr("99999"));
}

TEST_F(Rushes, ComparesTwoPictures) {
    Frame one{24, 16, 0, std::vector<std::uint8_t>(24 * 16 * 3, 100)};
    Frame other = one;
    std::ranges::fill(other.rgb, 110);
    write_png(folder_ / "a.png", one);
    write_png(folder_ / "b.png", other);
    const std::string a = (folder_ / "a.png").string();
    const std::string b = (folder_ / "b.png").string();
    const Ran ran = run({"compare", a, b, "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const auto json = nlohmann::json::parse(ran.out);
    EXPECT_EQ(json["frames"], 1);
    EXPECT_NEAR(json["psnr"].get<double>(), 20 * std::log10(255 / 10.0), 1e-6);
    EXPECT_TRUE(nlohmann::json::parse(run({"compare", a, a, "--json"}).out)["psnr"].is_null());
    EXPECT_THAT(run({"compare", a, b}).out, HasSubstr("28.13 dB"));
    write_png(folder_ / "c.png", Frame{16, 16, 0, std::vector<std::uint8_t>(16 * 16 * 3)});
    expect_one_sentence(run({"compare", a, (folder_ / "c.png").string()}), 1, "16x16");
    expect_one_sentence(run({"compare", a}), 2, "B");
    expect_one_sentence(run({"compare", a, (folder_ / "none.mp4").string()}), 1, "none.mp4");
}

TEST_F(Rushes, ModelsWritesAModelOfRandomWeights) {
    const std::string directory = (folder_ / "random").string();
    expect_one_sentence(run({"models", "--random", "no/such", directory}), 1, "There is no preset 'no/such'");
    const Ran written = run({"models", "--random", "wan/tiny", directory});
    EXPECT_EQ(written.exit_code, 0) << written.err;
    EXPECT_EQ(written.out, directory + "\n");
    EXPECT_THAT(written.err, HasSubstr("MB"));
    EXPECT_THAT(run({"models", directory}).out, HasSubstr("random: "));
    expect_one_sentence(run({"models", "--random", "wan/tiny"}), 2, "--random");
}

TEST_F(Rushes, ModelsConvertsWeights) {
    const std::string source = std::string(RUSHES_TEST_DATA) + "/parity/fixtures/weights/nested.pt";
    const std::string target = (folder_ / "out.safetensors").string();
    const Ran converted = run({"models", "--convert", source, target});
    EXPECT_EQ(converted.exit_code, 0) << converted.err;
    EXPECT_EQ(converted.out, target + "\n");
    const auto size = fs::file_size(target);
    EXPECT_THAT(run({"models", "--convert", source, target}).err, HasSubstr("nothing is overwritten"));
    EXPECT_EQ(fs::file_size(target), size);
    expect_one_sentence(
        run({"models", "--convert", write("a.pt", "no weights").string(), (folder_ / "b").string()}),
        1,
        "'a.pt' is not a sound"
    );
}

} // namespace
} // namespace rushes
