#include "command_line.h"

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

namespace rushes {
namespace {

using ::testing::HasSubstr;

CommandLine parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "rushes");
    return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

GenerateCommand generate(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "generate");
    const CommandLine line = parse(std::move(arguments));
    if (const auto* const exit = std::get_if<Exit>(&line)) {
        ADD_FAILURE() << exit->text;
        return {};
    }
    return std::get<GenerateCommand>(std::get<ModuleCommand>(line));
}

TEST(CommandLine, FormatsMayBeWrittenInCapitals) {
    for (const char* name : {"a.MP4", "b.Mkv", "c.GIF", "d.WebP", "e-%04d.PNG"}) {
        EXPECT_EQ(generate({"a cat", "-o", name}).output, name);
    }
}

TEST(CommandLine, NothingOpensTheStudio) {
    EXPECT_TRUE(std::holds_alternative<StudioCommand>(parse({})));
    const CommandLine line = parse({"studio", "clip.mp4", "--style", "x"});
    EXPECT_THAT(std::get<StudioCommand>(line).arguments, ::testing::ElementsAre("clip.mp4", "--style", "x"));
    const CommandLine bench = parse({"bench", "ui", "--library", "--json"});
    EXPECT_THAT(
        std::get<StudioCommand>(bench).arguments, ::testing::ElementsAre("--measure-library", "--json")
    );
}

/// Every word in what the built-in model knows: objects, colours, backgrounds, motions and their synonyms.
std::set<std::string> known_words() {
    std::ifstream file(RUSHES_SOURCE_DIR "/resources/models/rushes-demo/rushes.json");
    std::set<std::string> words;
    const nlohmann::json vocabulary = nlohmann::json::parse(file).at("vocabulary").flatten();
    for (const auto& [path, phrase] : vocabulary.items()) {
        std::istringstream texts(
            (phrase.is_string() ? phrase.get<std::string>() : std::string()) + ' ' +
            std::regex_replace(path, std::regex("/"), " ")
        );
        words.insert(std::istream_iterator<std::string>(texts), {});
    }
    return words;
}

TEST(CommandLine, TheExamplesOfTheHelpAreWhatTheBuiltInModelKnows) {
    const std::string help = std::get<Exit>(parse({"--help"})).text;
    const std::set<std::string> known = known_words();
    const std::regex prompt("generate \"([^\"]+)\"");
    const std::sregex_iterator first(help.begin(), help.end(), prompt);
    ASSERT_GE(std::distance(first, std::sregex_iterator()), 2) << help;
    for (auto example = first; example != std::sregex_iterator(); ++example) {
        std::istringstream words((*example)[1]);
        for (std::string word; words >> word;) {
            EXPECT_TRUE(known.contains(word)) << word << " in " << (*example)[1];
        }
    }
}

/// The words after Exec= of the desktop entry, with a file in place of %f.
std::vector<std::string> desktop_command(const std::string& file) {
    std::ifstream entry(RUSHES_SOURCE_DIR "/packaging/io.github.rushes.Rushes.desktop");
    for (std::string line; std::getline(entry, line);) {
        if (line.starts_with("Exec=")) {
            std::istringstream words(line.substr(5));
            std::vector<std::string> command(std::istream_iterator<std::string>(words), {});
            std::replace(command.begin(), command.end(), std::string("%f"), file);
            return command;
        }
    }
    return {};
}

TEST(CommandLine, TheDesktopEntryOpensAFileInTheStudio) {
    const std::vector<std::string> command = desktop_command("clip.mp4");
    ASSERT_THAT(command, ::testing::Contains("clip.mp4"));
    EXPECT_EQ(command.front(), "rushes");
    std::vector<const char*> arguments;
    for (auto word = command.begin() + 1; word != command.end(); ++word) {
        arguments.push_back(word->c_str());
    }
    const CommandLine line = parse(arguments);
    ASSERT_TRUE(std::holds_alternative<StudioCommand>(line)) << std::get<Exit>(line).text;
    EXPECT_THAT(std::get<StudioCommand>(line).arguments, ::testing::ElementsAre("clip.mp4"));
}

TEST(CommandLine, GenerateTakesEveryFlag) {
    const GenerateCommand command = generate({
        "a red ball",
        "-o",
        "ball.mp4",
        "--model",
        "wan",
        "--negative",
        "blurry",
        "--seed",
        "18446744073709551615",
        "--width",
        "832",
        "--height",
        "480",
        "--frames",
        "33",
        "--fps",
        "30000/1001",
        "--steps",
        "20",
        "--guidance",
        "4.5",
        "--scheduler",
        "unipc",
        "--device",
        "cuda:1",
        "--dtype",
        "bf16",
        "--threads",
        "3",
        "--no-draft",
        "--size",
        "1080x1920",
        "--fit",
        "pad",
        "--quality",
        "23",
        "--recipe",
        "old.mp4",
        "--no-recipe",
        "--no-library",
        "--json",
        "--dry-run",
        "--image",
        "first.png",
        "--last-image",
        "last.png",
        "--fast-decode",
    });
    EXPECT_EQ(command.given.values().prompt, "a red ball");
    EXPECT_EQ(command.output, "ball.mp4");
    EXPECT_EQ(command.model, "wan");
    EXPECT_EQ(command.given.values().negative_prompt, "blurry");
    EXPECT_EQ(command.given.values().seed, 18'446'744'073'709'551'615U);
    EXPECT_EQ(command.given.values().width, 832);
    EXPECT_EQ(command.given.values().height, 480);
    EXPECT_EQ(command.given.values().frames, 33);
    EXPECT_EQ(command.given.values().frame_rate, (FrameRate{30'000, 1001}));
    EXPECT_EQ(command.given.values().steps, 20);
    EXPECT_EQ(command.given.values().guidance_scale, 4.5);
    EXPECT_EQ(command.given.values().scheduler, "unipc");
    EXPECT_EQ(command.device, "cuda:1");
    EXPECT_EQ(command.given.values().dtype, "bf16");
    EXPECT_EQ(command.threads, 3);
    EXPECT_EQ(command.given.values().draft, false);
    EXPECT_EQ(command.export_width, 1080);
    EXPECT_EQ(command.export_height, 1920);
    EXPECT_EQ(command.fit, "pad");
    EXPECT_EQ(command.quality, 23);
    EXPECT_EQ(command.recipe, "old.mp4");
    EXPECT_EQ(command.image, "first.png");
    EXPECT_EQ(command.last_image, "last.png");
    EXPECT_TRUE(command.given.values().fast_decode);
    EXPECT_TRUE(command.no_recipe && command.no_library && command.json && command.dry_run);
}

TEST(CommandLine, AClipIsGoneOnFromOrBegunWithAPicture) {
    EXPECT_EQ(generate({"x", "--extend", "old.mp4"}).extend, "old.mp4");
    const CommandLine both = parse({"generate", "x", "--extend", "old.mp4", "--image", "a.png"});
    EXPECT_EQ(std::get<Exit>(both).code, exit_usage);
}

TEST(CommandLine, LorasMayBeGivenMoreThanOnce) {
    const GenerateCommand command =
        generate({"--lora", "a.safetensors:0.5", "--lora", "b.safetensors", "a ball"});
    EXPECT_EQ(command.loras, (std::vector<std::string>{"a.safetensors:0.5", "b.safetensors"}));
    EXPECT_EQ(command.given.values().prompt, "a ball");
}

TEST(CommandLine, StepsMayChange) {
    const GenerateCommand command =
        generate({"a ball", "--go-on", "--after-step", "10:a ring: blue", "--after-step", "12:guidance=4.5"});
    EXPECT_TRUE(command.go_on);
    EXPECT_EQ(command.steps_then, (std::vector<std::string>{"10:a ring: blue", "12:guidance=4.5"}));
    EXPECT_EQ(step_change(command.steps_then[0]), (StepChange{10, "a ring: blue", -1}));
    EXPECT_EQ(step_change(command.steps_then[1]), (StepChange{12, "", 4.5}));
    for (const char* wrong :
         {"a ring",
          ":a ring",
          "2:",
          "0:a",
          "-1:a",
          "1.5:a",
          "1001:a",
          "3:guidance=",
          "3:guidance=x",
          "3:guidance=101",
          "3:guidance=-1"}) {
        const CommandLine parsed = parse({"generate", "x", "--after-step", wrong});
        ASSERT_TRUE(std::holds_alternative<Exit>(parsed)) << wrong;
        EXPECT_EQ(std::get<Exit>(parsed).code, exit_usage) << wrong;
    }
}

TEST(CommandLine, PromptsMayTakeOver) {
    const GenerateCommand command =
        generate({"a ball", "--prompt-at", "1.5:a ring: blue", "--prompt-at", "3:a star"});
    EXPECT_EQ(command.prompts_at, (std::vector<std::string>{"1.5:a ring: blue", "3:a star"}));
    EXPECT_EQ(prompt_at(command.prompts_at[0]), std::pair(1.5, std::string("a ring: blue")));
    for (const char* wrong : {"a ring", ":a ring", "2:", "0:a", "-1:a", "2 a ring", "1e9:a", "nan:a"}) {
        const CommandLine parsed = parse({"generate", "x", "--prompt-at", wrong});
        ASSERT_TRUE(std::holds_alternative<Exit>(parsed)) << wrong;
        EXPECT_EQ(std::get<Exit>(parsed).code, exit_usage) << wrong;
    }
}

TEST(CommandLine, WhatIsNotGivenIsLeftOpen) {
    const GenerateCommand command = generate({"a red ball"});
    for (const RecipeField& field : recipe_fields()) {
        EXPECT_EQ(command.given.has(field.key), field.key == std::string("prompt")) << field.key;
    }
    EXPECT_FALSE(command.duration || command.model);
    EXPECT_TRUE(command.output.empty());
    EXPECT_EQ(command.export_width, 0);
}

TEST(CommandLine, FrameRatesStayExact) {
    EXPECT_EQ(generate({"x", "--fps", "24"}).given.values().frame_rate, (FrameRate{24, 1}));
    EXPECT_EQ(generate({"x", "--fps", "23.976"}).given.values().frame_rate, (FrameRate{23'976, 1000}));
}

TEST(CommandLine, ARecipeNeedsNoPrompt) {
    EXPECT_FALSE(generate({"--recipe", "clip.mp4"}).given.has("prompt"));
}

TEST(CommandLine, HelpTellsExamplesAndCodes) {
    const CommandLine line = parse({"--help"});
    const Exit& exit = std::get<Exit>(line);
    EXPECT_EQ(exit.code, exit_ok);
    EXPECT_THAT(exit.text, HasSubstr("rushes generate \"a red ball bounces over the sea\" -o ball.mp4"));
    EXPECT_THAT(exit.text, HasSubstr("130"));
    const CommandLine generate_line = parse({"generate", "--help"});
    for (const char* flag :
         {"--model",    "--negative", "--seed",    "--width",     "--height",    "--frames",
          "--duration", "--fps",      "--steps",   "--guidance",  "--scheduler", "--device",
          "--dtype",    "--threads",  "--draft",   "--no-draft",  "--size",      "--fit",
          "--recipe",   "--json",     "--dry-run", "--no-recipe", "--quality",   "--output"}) {
        EXPECT_THAT(std::get<Exit>(generate_line).text, HasSubstr(flag));
    }
}

TEST(CommandLine, TheVersionIsOneLine) {
    for (const char* way : {"version", "--version"}) {
        EXPECT_EQ(std::get<Exit>(parse({way})).text, "rushes " RUSHES_VERSION "\n");
    }
}

struct UsageCase {
    const char* name;
    std::vector<const char*> arguments;
    const char* says;
};

class UsageErrors : public ::testing::TestWithParam<UsageCase> {};

TEST_P(UsageErrors, AreOneSentenceAndCodeTwo) {
    const CommandLine line = parse(GetParam().arguments);
    ASSERT_TRUE(std::holds_alternative<Exit>(line));
    const Exit& exit = std::get<Exit>(line);
    EXPECT_EQ(exit.code, exit_usage);
    EXPECT_THAT(exit.text, HasSubstr(GetParam().says));
    EXPECT_EQ(std::count(exit.text.begin(), exit.text.end(), '\n'), 1) << exit.text;
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    UsageErrors,
    ::testing::Values(
        UsageCase{"UnknownCommand", {"frobnicate"}, "frobnicate"},
        UsageCase{"UnknownFlag", {"generate", "x", "--colour", "red"}, "--colour"},
        UsageCase{"TwoPrompts", {"generate", "a", "b"}, "b"},
        UsageCase{"NoPrompt", {"generate", "-o", "a.mp4"}, "what is to be seen"},
        UsageCase{"NoValue", {"generate", "x", "-o"}, "--output"},
        UsageCase{"Format", {"generate", "x", "-o", "a.avi"}, "'a.avi' has no format"},
        UsageCase{"NoExtension", {"generate", "x", "-o", "clip"}, "'clip' has no format"},
        UsageCase{"NegativeSeed", {"generate", "x", "--seed", "-1"}, "--seed"},
        UsageCase{"HugeSeed", {"generate", "x", "--seed", "18446744073709551616"}, "--seed"},
        UsageCase{
            "ZeroWidth", {"generate", "x", "--width", "0"}, "'0' is not a whole number from 1 to 16384"
        },
        UsageCase{"WordHeight", {"generate", "x", "--height", "tall"}, "'tall'"},
        UsageCase{"HugeFrames", {"generate", "x", "--frames", "99999999999999999999"}, "--frames"},
        UsageCase{"HalfFrame", {"generate", "x", "--frames", "2.5"}, "'2.5'"},
        UsageCase{"NanDuration", {"generate", "x", "--duration", "nan"}, "'nan'"},
        UsageCase{"NegativeDuration", {"generate", "x", "--duration", "-3"}, "--duration"},
        UsageCase{"FramesAndDuration", {"generate", "x", "--frames", "5", "--duration", "1"}, "--duration"},
        UsageCase{"ZeroFps", {"generate", "x", "--fps", "0"}, "--fps"},
        UsageCase{"FpsOverZero", {"generate", "x", "--fps", "24/0"}, "--fps"},
        UsageCase{"HugeFps", {"generate", "x", "--fps", "500"}, "1 to 120"},
        UsageCase{"ZeroSteps", {"generate", "x", "--steps", "0"}, "--steps"},
        UsageCase{"Guidance", {"generate", "x", "--guidance", "1000"}, "0 to 100"},
        UsageCase{"Device", {"generate", "x", "--device", "gpu"}, "cuda:N"},
        UsageCase{"Dtype", {"generate", "x", "--dtype", "fp16"}, "auto, fp32, bf16, fp8"},
        UsageCase{"Threads", {"generate", "x", "--threads", "0"}, "--threads"},
        UsageCase{"Size", {"generate", "x", "--size", "1080"}, "1080x1920"},
        UsageCase{"SizeOfNothing", {"generate", "x", "--size", "0x0"}, "--size"},
        UsageCase{"Fit", {"generate", "x", "--fit", "stretch"}, "crop, pad, blur"},
        UsageCase{"Quality", {"generate", "x", "--quality", "52"}, "--quality"},
        UsageCase{"DraftBothWays", {"generate", "x", "--draft", "--no-draft"}, "--draft"},
        UsageCase{"RecipeOfNothing", {"recipe"}, "FILE"},
        UsageCase{"BenchRuns", {"bench", "--runs", "0"}, "--runs"},
        UsageCase{"MatrixSizes", {"bench", "--matrix", "--sizes", "832x480,big"}, "832x480"},
        UsageCase{"MatrixSteps", {"bench", "--matrix", "--steps", "4,0"}, "--steps"},
        UsageCase{"ListsWithoutMatrix", {"bench", "--steps", "4"}, "--matrix"}
    ),
    [](const auto& tested) { return tested.param.name; }
);

} // namespace
} // namespace rushes
