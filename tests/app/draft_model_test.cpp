// `rushes generate --draft-model`, with small models of random weights.
#include "app/program.h"
#include "generation/recipe.h"
#include "media/image.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using app_test::Ran;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class DraftModel : public ::testing::Test {
protected:
    void SetUp() override {
        for (const char* name : {"large", "quick"}) {
            const Ran written = app_test::run(
                folder_.path, {"models", "--random", "sd_xl/tiny", (folder_.path / name).string()}
            );
            ASSERT_EQ(written.exit_code, 0) << written.err;
        }
    }

    /// Of eight steps, larger than the model is used to: the quick one takes the step of its card in its own
    /// size.
    Ran generate(const std::vector<std::string>& more, int side = 256) const {
        std::vector<std::string> all{
            "generate",
            "a red ball",
            "--model",
            file("large"),
            "--device",
            "cpu",
            "--seed",
            "5",
            "--steps",
            "8",
            "--width",
            std::to_string(side),
            "--height",
            std::to_string(side)
        };
        all.insert(all.end(), more.begin(), more.end());
        return app_test::run(folder_.path, all);
    }

    std::string file(const std::string& name) const { return (folder_.path / name).string(); }

    const test::ScratchFolder folder_{"rushes-draft-model-"};
};

/// The events of a name among the lines of a run.
json event_of(const std::string& out, const std::string& name) {
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) {
        json event = json::parse(line);
        if (event["event"] == name) {
            return event;
        }
    }
    return {};
}

TEST_F(DraftModel, DrawsTheDraftAndTheClipIsTheSameWithoutIt) {
    const Ran ran = generate({"--draft-model", file("quick"), "-o", file("a.png"), "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const json passes = event_of(ran.out, "plan")["passes"];
    ASSERT_EQ(passes.size(), 2U);
    EXPECT_EQ(passes[0]["model"], "quick");
    EXPECT_EQ(passes[0]["draft"], true);
    EXPECT_EQ(passes[0]["steps"], 1);
    EXPECT_EQ(passes[1]["model"], "large");
    EXPECT_EQ(passes[1]["draft"], false);
    EXPECT_EQ(passes[1]["steps"], 8);
    const json end = event_of(ran.out, "finished");
    EXPECT_GT(end["report"]["draft"]["denoise_seconds"].get<double>(), 0);
    const Ran told = app_test::run(folder_.path, {"recipe", file("a.png")});
    EXPECT_EQ(recipe_from_json(told.out).draft_model, "quick");

    const Ran plain = generate({"--no-draft", "-o", file("b.png")});
    ASSERT_EQ(plain.exit_code, 0) << plain.err;
    EXPECT_EQ(read_png(file("b.png")).rgb, read_png(file("a.png")).rgb);
    EXPECT_THAT(plain.err, Not(HasSubstr("the draft by")));
    const Ran words = generate({"--draft-model", file("quick"), "-o", file("c.png")});
    EXPECT_THAT(words.err, HasSubstr(", seed 5, the draft by quick"));
}

TEST_F(DraftModel, IsInThePlanWithWhatItTakes) {
    const auto plan = [&](const std::vector<std::string>& more) {
        std::vector<std::string> all{"--dry-run", "--json", "-o", file("a.png")};
        all.insert(all.end(), more.begin(), more.end());
        return event_of(generate(all).out, "plan");
    };
    const json alone = plan({"--no-draft"});
    const json both = plan({"--draft-model", file("quick")});
    EXPECT_GT(both["estimate_seconds"], alone["estimate_seconds"]);
    EXPECT_GT(both["peak_memory_bytes"], alone["peak_memory_bytes"]) << "small enough to stay side by side";
    const Ran words = generate({"--dry-run", "--draft-model", file("quick"), "-o", file("a.png")});
    EXPECT_THAT(words.out, HasSubstr("passes   draft by quick: 128x128, 1 frames, 1 steps"));
    EXPECT_THAT(words.out, HasSubstr("final: 256x256, 1 frames, 8 steps"));
    EXPECT_THAT(words.out, HasSubstr(", both models at once"));
    EXPECT_THAT(words.out, HasSubstr(" to load the models"));
}

TEST_F(DraftModel, SaysInASentenceWhatDoesNotServe) {
    const Ran missing = generate({"--draft-model", "nowhere", "-o", file("a.png")});
    EXPECT_NE(missing.exit_code, 0);
    EXPECT_THAT(missing.err, HasSubstr("no model named \"nowhere\""));
    const std::string clips = std::string(RUSHES_TEST_DATA) + "/parity/fixtures/wan/wan21";
    const Ran unsuitable = generate({"--draft-model", clips, "-o", file("a.png")});
    EXPECT_EQ(unsuitable.exit_code, 2);
    EXPECT_THAT(
        unsuitable.err, HasSubstr("'wan21' cannot make the draft: it makes clips, and 'large' stills.")
    );
    EXPECT_EQ(generate({"--draft-model", file("quick"), "--no-draft"}).exit_code, 2);
    const Ran slow = generate({"--draft-model", file("quick"), "-o", file("a.png")}, 128);
    EXPECT_EQ(slow.exit_code, 0) << slow.err;
    EXPECT_THAT(slow.err, HasSubstr("'quick' would take too long for a first look"));
    EXPECT_THAT(slow.err, Not(HasSubstr("the draft by")));
}

TEST_F(DraftModel, OfARecipeMayBeElsewhere) {
    ASSERT_EQ(generate({"--draft-model", file("quick"), "-o", file("a.png")}).exit_code, 0);
    const Ran again = generate({"--recipe", file("a.png"), "-o", file("b.png")});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.err, HasSubstr("'quick', which should make the draft, is not installed."));
    EXPECT_EQ(read_png(file("b.png")).rgb, read_png(file("a.png")).rgb);
}

} // namespace
} // namespace rushes
