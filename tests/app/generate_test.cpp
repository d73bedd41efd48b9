// `rushes generate` from the prompt to the file, with a real model.
#include "app/program.h"
#include "base/atomic_file.h"
#include "base/memory.h"
#include "generation/recipe.h"
#include "media/clip_reader.h"
#include "media/encoder.h"
#include "media/image.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using app_test::Program;
using app_test::Ran;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class Generate : public ::testing::Test {
protected:
    Generate()
        : folder_(
              fs::temp_directory_path() / (std::string("rushes-generate-") +
                                           ::testing::UnitTest::GetInstance()->current_test_info()->name())
          ),
          model_(app_test::test_model()) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    ~Generate() override { fs::remove_all(folder_); }

    void SetUp() override {
        if (model_.empty()) {
            GTEST_SKIP() << "the built-in model is not in resources/models and RUSHES_TEST_MODEL names none";
        }
    }

    std::vector<std::string>
    arguments(const std::string& output, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> all{
            "generate", "--model", model_.string(), "--device", "cpu", "-o", (folder_ / output).string()
        };
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    Ran run(const std::string& output, const std::vector<std::string>& more) const {
        return app_test::run(folder_, arguments(output, more));
    }

    std::vector<std::vector<std::uint8_t>> pixels(const std::string& file) const {
        ClipReader reader(folder_ / file);
        std::vector<std::vector<std::uint8_t>> all;
        while (const FramePtr frame = reader.next()) {
            all.push_back(frame->rgb);
        }
        return all;
    }

    Json last_event(const Ran& ran) const {
        const std::size_t end = ran.out.find_last_not_of('\n');
        return Json::parse(ran.out.substr(ran.out.rfind('\n', end) + 1));
    }

    const fs::path folder_;
    const fs::path model_;
};

TEST_F(Generate, AFileWithItsRecipeThatMakesTheSameClipAgain) {
    const Ran first = run("first.mkv", {"a red ball bounces over the sea", "--seed", "7", "--frames", "5"});
    ASSERT_EQ(first.exit_code, 0) << first.err;
    EXPECT_THAT(first.err, HasSubstr("seed 7"));
    const auto frames = pixels("first.mkv");
    ASSERT_EQ(frames.size(), 5U);

    const Ran recipe = app_test::run(folder_, {"recipe", (folder_ / "first.mkv").string()});
    ASSERT_EQ(recipe.exit_code, 0) << recipe.err;
    EXPECT_EQ(recipe_from_json(recipe.out).prompt, "a red ball bounces over the sea");

    const Ran again = run("again.mkv", {"--recipe", (folder_ / "first.mkv").string()});
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(pixels("again.mkv"), frames);

    const Ran other = run("other.mkv", {"--recipe", (folder_ / "first.mkv").string(), "--seed", "8"});
    ASSERT_EQ(other.exit_code, 0) << other.err;
    EXPECT_NE(pixels("other.mkv"), frames);
}

TEST_F(Generate, TheRecipeOfAClipThatLostItIsFoundByItsLook) {
    ASSERT_EQ(run("first.mp4", {"a red ball bounces over the sea", "--seed", "7"}).exit_code, 0);
    ASSERT_EQ(run("second.mp4", {"a red ball bounces over the sea", "--seed", "8"}).exit_code, 0);
    ExportSettings posted{.width = 180, .height = 320, .fit = Fit::crop, .quality = 32};
    posted.embed_recipe = false;
    {
        ClipReader reader(folder_ / "first.mp4");
        const ClipFacts facts = reader.facts();
        const auto encoder =
            Encoder::open(folder_ / "posted.mp4", facts.width, facts.height, facts.rate, posted, {});
        while (const FramePtr frame = reader.next()) {
            encoder->write(*frame);
        }
        encoder->finish();
    }
    const Ran ran = app_test::run(folder_, {"recipe", (folder_ / "posted.mp4").string()});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(recipe_from_json(ran.out).seed, 7U);
    EXPECT_THAT(ran.err, HasSubstr("It looks like 'first.mp4'"));
    const Ran again = run("again.mp4", {"--recipe", (folder_ / "posted.mp4").string()});
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(pixels("again.mp4"), pixels("first.mp4"));
}

TEST_F(Generate, AnMp4OfTheSizeThatWasAskedFor) {
    const Ran ran =
        run("clip.mp4", {"a star", "--seed", "1", "--frames", "5", "--size", "320x180", "--fit", "pad"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const ClipFacts facts = ClipReader(folder_ / "clip.mp4").facts();
    EXPECT_EQ(facts.width, 320);
    EXPECT_EQ(facts.height, 180);
    EXPECT_EQ(facts.codec, "h264");
    EXPECT_EQ(facts.frames, 5);
}

TEST_F(Generate, AModelThatTakesNoPictureSaysSo) {
    const Frame grey{16, 16, 0, std::vector<std::uint8_t>(16 * 16 * 3, 90)};
    write_png(folder_ / "a.png", grey);
    const Ran ran = run("clip.mp4", {"a star", "--last-image", (folder_ / "a.png").string()});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.err, HasSubstr("It takes: image, clip."));
    const Ran none = run("clip.mp4", {"a star", "--image", (folder_ / "none.png").string()});
    EXPECT_EQ(none.exit_code, 1);
    EXPECT_THAT(none.err, HasSubstr("none.png"));
}

TEST_F(Generate, NoRecipeLeavesNone) {
    ASSERT_EQ(run("clip.mp4", {"a star", "--frames", "1", "--no-recipe"}).exit_code, 0);
    EXPECT_FALSE(read_recipe(folder_ / "clip.mp4"));
}

TEST_F(Generate, JsonEventsAreObjectsLineByLine) {
    const Ran ran = run("clip.mp4", {"a star", "--seed", "1", "--frames", "9", "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    std::istringstream lines(ran.out);
    std::vector<std::string> events;
    double fraction = 0;
    for (std::string line; std::getline(lines, line);) {
        const Json json = Json::parse(line);
        events.push_back(json.at("event"));
        if (events.back() == "progress") {
            EXPECT_GE(json.at("fraction"), fraction);
            fraction = json.at("fraction");
        }
    }
    EXPECT_EQ(events.front(), "plan");
    EXPECT_EQ(events.back(), "finished");
    EXPECT_GT(events.size(), 10U);
    const Json end = last_event(ran);
    EXPECT_EQ(end.at("frames_written"), 9);
    EXPECT_EQ(end.at("report").at("frames"), 9);
    EXPECT_TRUE(fs::exists(std::string(end.at("file"))));
}

/// Of the whole process. What libraries take of it differs between processors.
TEST_F(Generate, TakesTheMemoryThatWasForetold) {
    const Ran ran = run("clip.mkv", {"a star", "--frames", "9", "--dtype", "fp32", "--json"});
    std::istringstream lines(ran.out);
    double foretold = 0;
    double taken = 0;
    for (std::string line; std::getline(lines, line);) {
        const Json event = Json::parse(line);
        if (event.at("event") == "plan") {
            foretold = event.at("peak_memory_bytes");
        } else if (event.at("event") == "finished") {
            taken = event.at("report").at("peak_memory_bytes");
        }
    }
    ASSERT_GT(taken, 0) << ran.err;
    EXPECT_NEAR(foretold, taken, 0.2 * taken);
}

TEST_F(Generate, DryRunMakesNothing) {
    const Ran ran = run("clip.mp4", {"a star", "--width", "1920", "--height", "1080", "--dry-run"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("1920x1080 became"));
    EXPECT_THAT(ran.out, HasSubstr("memory"));
    EXPECT_FALSE(fs::exists(folder_ / "clip.mp4"));
    const Ran json = run("clip.mp4", {"a star", "--dry-run", "--json"});
    EXPECT_GT(Json::parse(json.out).at("peak_memory_bytes"), 0);
}

TEST_F(Generate, OneSideAloneTakesTheOtherOneFromTheModel) {
    write_file(
        folder_ / "tall.json",
        R"({"schema_version": 1, "prompt": "a star", "model": "rushes-demo", "width": 128, "height": 224})"
    );
    const Ran ran =
        run("clip.mp4",
            {"--recipe", (folder_ / "tall.json").string(), "--width", "224", "--dry-run", "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const Json recipe = Json::parse(ran.out).at("recipe");
    EXPECT_EQ(recipe.at("width"), 224);
    EXPECT_EQ(recipe.at("height"), 128);
}

TEST_F(Generate, TakesAPresetBelowItsFlags) {
    const fs::path presets = folder_ / ".local" / "share" / "rushes" / "presets";
    write_file(
        presets / "ink.json",
        R"({"name": "Ink", "prompt": "{prompt}, in ink", "steps": 3, "frames": 17, "width": 128, "height": 224})"
    );
    const Ran ran = run("clip.mp4", {"a star", "--preset", "ink", "--frames", "9", "--dry-run", "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const Json recipe = Json::parse(ran.out).at("recipe");
    EXPECT_EQ(recipe.at("prompt"), "a star, in ink");
    EXPECT_EQ(recipe.at("steps"), 3);
    EXPECT_EQ(recipe.at("frames"), 9);
    EXPECT_EQ(recipe.at("width"), 128);
    const Ran none = run("clip.mp4", {"a star", "--preset", "oil", "--dry-run"});
    EXPECT_NE(none.exit_code, 0);
    EXPECT_THAT(none.err, HasSubstr("no preset 'oil'"));
    EXPECT_THAT(none.err, HasSubstr("There are: Ink."));
}

TEST_F(Generate, DryRunSaysWhatTheMachineCannotHold) {
    const fs::path tiny = fs::path(RUSHES_SOURCE_DIR) / "tests" / "parity" / "fixtures" / "wan" / "wan21";
    std::vector<std::string> all{"generate", "a star", "--model", tiny.string(), "--device", "cpu"};
    all.insert(all.end(), {"--width", "16384", "--height", "16384", "--frames", "81", "--dry-run", "--json"});
    const Ran ran = app_test::run(folder_, all);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    const double needed = Json::parse(ran.out).at("peak_memory_bytes");
    if (needed < 2 * static_cast<double>(machine_memory().all())) {
        GTEST_SKIP() << "this machine could hold it";
    }
    EXPECT_THAT(ran.err, HasSubstr("of memory, and this machine has"));
}

TEST_F(Generate, ValuesThatTheModelCannotDoAreUsageErrors) {
    const Ran ran = run("clip.mp4", {"a star", "--scheduler", "nonsense"});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.err, HasSubstr("nonsense"));
    EXPECT_EQ(run("clip.mp4", {std::string(9000, 'a')}).exit_code, 2);
}

TEST_F(Generate, AnUnwritableOutputIsOneSentence) {
    std::vector<std::string> all = arguments("x.mp4", {"a star", "--frames", "1"});
    *std::find(all.begin(), all.end(), (folder_ / "x.mp4").string()) = "/proc/nowhere/x.mp4";
    const Ran ran = app_test::run(folder_, all);
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.err, HasSubstr("/proc/nowhere"));
}

TEST_F(Generate, AMissingGraphicsCardIsOneSentence) {
    std::vector<std::string> all = arguments("clip.mp4", {"a star"});
    *std::find(all.begin(), all.end(), "cpu") = "cuda:63";
    const Ran ran = app_test::run(folder_, all);
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.err, HasSubstr("cuda:63"));
}

TEST_F(Generate, SecondsBecomeFramesOfTheModelsLattice) {
    const Ran ran = run("clip.mp4", {"a star", "--duration", "3", "--fps", "12", "--dry-run", "--json"});
    const Json plan = Json::parse(ran.out);
    EXPECT_EQ(plan.at("recipe").at("frames"), 37) << "36 frames asked for, 4k+1 can be made";
    EXPECT_TRUE(plan.at("changes").empty()) << plan.at("changes");
}

TEST_F(Generate, FlagsOverrideTheRecipeFile) {
    std::ofstream(folder_ / "r.json")
        << R"({"schema_version": 1, "prompt": "a cat", "seed": 5, "frames": 9})";
    const Ran ran =
        run("clip.mp4", {"--recipe", (folder_ / "r.json").string(), "--seed", "6", "--dry-run", "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const Json recipe = Json::parse(ran.out).at("recipe");
    EXPECT_EQ(recipe.at("prompt"), "a cat");
    EXPECT_EQ(recipe.at("frames"), 9);
    EXPECT_EQ(recipe.at("seed"), 6);
}

TEST_F(Generate, TruncatedWeightsAreOneSentence) {
    const fs::path broken = folder_ / "broken";
    fs::copy(model_, broken, fs::copy_options::recursive);
    fs::path weights;
    for (const auto& entry : fs::recursive_directory_iterator(broken / "transformer")) {
        if (entry.path().extension() == ".safetensors") {
            weights = entry.path();
        }
    }
    ASSERT_FALSE(weights.empty());
    fs::permissions(weights, fs::perms::owner_write, fs::perm_options::add);
    fs::resize_file(weights, fs::file_size(weights) / 2);
    const Ran ran = app_test::run(
        folder_, {"generate", "a star", "--model", broken.string(), "-o", (folder_ / "x.mp4").string()}
    );
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.err, HasSubstr(weights.filename().string()));
    EXPECT_FALSE(fs::exists(folder_ / "x.mp4"));
}

TEST_F(Generate, CtrlCKeepsAPlayableClip) {
    // A clip that takes long enough; the signal comes when the first frames are reported.
    Program program(folder_, arguments("clip.mp4", {"a star", "--seed", "1", "--frames", "2001", "--json"}));
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (program.out().find("\"frames_done\":5,") == std::string::npos) {
        ASSERT_LT(std::chrono::steady_clock::now(), give_up);
        std::this_thread::yield();
    }
    program.send(SIGINT);
    const Ran ran = program.wait();
    EXPECT_EQ(ran.exit_code, 130);
    const Json end = last_event(ran);
    EXPECT_EQ(end.at("event"), "stopped");
    EXPECT_GE(end.at("frames_written"), 5);
    EXPECT_EQ(pixels("clip.mp4").size(), end.at("frames_written").get<std::size_t>());
    EXPECT_TRUE(read_recipe(folder_ / "clip.mp4"));
}

TEST_F(Generate, APromptTakesOverOnTheWayAndTheRecipeKnows) {
    const std::vector<std::string> flags{"--seed", "7", "--duration", "2"};
    const auto with = [&](const std::string& output, std::vector<std::string> more) {
        more.insert(more.end(), flags.begin(), flags.end());
        const Ran ran = run(output, more);
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        return pixels(output);
    };
    const auto plain = with("plain.mkv", {"a red ball bounces over the sea"});
    const auto changed = with(
        "changed.mkv",
        {"a red ball bounces over the sea", "--prompt-at", "1:a yellow star spins in the night"}
    );
    ASSERT_EQ(changed.size(), plain.size());
    EXPECT_EQ(changed[8], plain[8]);
    EXPECT_NE(changed[20], plain[20]);
    EXPECT_EQ(with("again.mkv", {"--recipe", (folder_ / "changed.mkv").string()}), changed);
    const Ran recipe = app_test::run(folder_, {"recipe", (folder_ / "changed.mkv").string()});
    const std::vector<PromptChange> changes = recipe_from_json(recipe.out).prompt_changes;
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].prompt, "a yellow star spins in the night");
    EXPECT_EQ(changes[0].frame, 12);
}

/// Another way from a second of a clip that was made: the frames before are not computed again.
TEST_F(Generate, GoesAnotherWayFromWhatAnEarlierRunLeft) {
    const std::vector<std::string> flags{"a red ball bounces over the sea", "--seed", "7", "--frames", "33"};
    const auto with = [&](const std::string& output, std::vector<std::string> more) {
        more.insert(more.begin(), flags.begin(), flags.end());
        more.push_back("--json");
        const Ran ran = run(output, more);
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        const Json last = Json::parse(ran.out.substr(ran.out.rfind("{\"", ran.out.rfind("\"event\""))));
        return std::pair(pixels(output), last.at("report").at("restored").get<double>());
    };
    const std::vector<std::string> other{"--prompt-at", "2:a yellow star spins in the night"};
    const auto wanted = with("wanted.mkv", other);
    EXPECT_EQ(wanted.second, 0);
    EXPECT_EQ(with("first.mkv", {"--go-on"}).second, 0);
    std::vector<std::string> on = other;
    on.push_back("--go-on");
    const auto made = with("other.mkv", on);
    EXPECT_TRUE(made.first == wanted.first);
    EXPECT_GT(made.second, 0.5) << "two of 2.75 seconds were there";
}

/// What was computed is never lost: killed at random moments, again and again, it makes the very same clip.
TEST_F(Generate, GoesOnFromItsCheckpointAfterEveryKill) {
    const std::vector<std::string> flags{"a red ball bounces over the sea", "--seed", "7", "--frames", "17"};
    ASSERT_EQ(run("wanted.mkv", flags).exit_code, 0);
    const auto wanted = pixels("wanted.mkv");
    const fs::path checkpoint = folder_ / "checkpoint";
    std::vector<std::string> kept = flags;
    kept.insert(kept.end(), {"--checkpoint", checkpoint.string(), "--json"});
    const auto expect_whole = [&](const Ran& ran) {
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        EXPECT_EQ(ran.err.find("begins again"), std::string::npos) << ran.err;
        EXPECT_TRUE(pixels("killed.mkv") == wanted);
        EXPECT_FALSE(fs::exists(checkpoint));
    };
    const char* const asked = std::getenv("RUSHES_KILLS");
    const int kills = asked != nullptr ? std::atoi(asked) : 8;
    std::mt19937 random(3);
    int finished = 0;
    for (int kill = 0; kill < kills; ++kill) {
        fs::remove(folder_ / "killed.mkv");
        Program program(folder_, arguments("killed.mkv", kept));
        const auto moment = std::uniform_int_distribution<std::size_t>(1000, 16'000)(random); // bytes told
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        bool ended = false;
        while (!ended && program.out().size() < moment) {
            ASSERT_LT(std::chrono::steady_clock::now(), give_up);
            ended = program.out().find("\"event\":\"finished\"") != std::string::npos;
            std::this_thread::yield();
        }
        if (ended) {
            expect_whole(program.wait());
            ++finished;
        } else {
            program.send(SIGKILL);
            program.wait();
        }
    }
    fs::remove(folder_ / "killed.mkv");
    const Ran last = run("killed.mkv", kept);
    expect_whole(last);
    std::cout << kills << " kills, of which " << finished << " came too late\n";
}

} // namespace
} // namespace rushes
