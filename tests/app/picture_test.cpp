// `rushes generate` from pictures, with small models of random weights of each kind.
#include "app/program.h"
#include "media/clip_reader.h"
#include "media/image.h"

#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using app_test::Ran;
using ::testing::HasSubstr;

constexpr const char* causal = "block by block";

Frame stripes(int width, int height, int phase) {
    Frame frame{width, height, 0, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            for (int c = 0; c < 3; ++c) {
                frame.rgb.push_back(
                    static_cast<std::uint8_t>(127 + 90 * std::sin(0.1 * (x + y * (c + 1)) + phase))
                );
            }
        }
    }
    return frame;
}

class FromPictures : public ::testing::Test {
protected:
    FromPictures() {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        write_png(folder_ / "first.png", stripes(100, 80, 0));
        write_png(folder_ / "last.png", stripes(64, 64, 2));
    }

    ~FromPictures() override { fs::remove_all(folder_); }

    std::string random_model(const std::string& preset) const {
        const std::string directory = (folder_ / preset).string();
        const Ran written = app_test::run(folder_, {"models", "--random", "wan/" + preset, directory});
        EXPECT_EQ(written.exit_code, 0) << written.err;
        return directory;
    }

    /// As Self-Forcing's students are: the weights of a model that makes clips from text, block by block.
    std::string causal_model() const {
        const std::string directory = random_model("tiny");
        std::ofstream(fs::path(directory) / "causal.json")
            << R"({"num_frames_per_block": 1, "local_attn_size": 4, "sink_size": 1, "rope": "absolute",
                   "solver": "renoise", "sigmas": [1.0, 0.6], "shift": 5.0, "guidance_scale": 1.0,
                   "context_noise": 0.0})";
        return directory;
    }

    std::string file(const std::string& name) const { return (folder_ / name).string(); }

    Ran generate(const std::string& model, const std::string& output, const std::vector<std::string>& more)
        const {
        std::vector<std::string> all{
            "generate",
            "a cat",
            "--model",
            model,
            "--device",
            "cpu",
            "-o",
            file(output),
            "--seed",
            "5",
            "--width",
            "64",
            "--height",
            "48",
            "--steps",
            "2",
            "--no-draft"
        };
        all.insert(all.end(), more.begin(), more.end());
        return app_test::run(folder_, all);
    }

    std::vector<FramePtr> frames(const std::string& name) const {
        ClipReader reader(folder_ / name);
        std::vector<FramePtr> all;
        while (FramePtr frame = reader.next()) {
            all.push_back(std::move(frame));
        }
        return all;
    }

    const fs::path folder_ =
        fs::temp_directory_path() /
        (std::string("rushes-pictures-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

/// What its plan says and its events tell: a small draft of few frames in few steps, then the clip.
TEST_F(FromPictures, AnimateDiffMakesADraftFirst) {
    const std::string model = file("animatediff");
    ASSERT_EQ(app_test::run(folder_, {"models", "--random", "animatediff/tiny", model}).exit_code, 0);
    const Ran planned = app_test::run(folder_, {"generate", "a cat", "--model", model, "--dry-run"});
    EXPECT_THAT(planned.out, HasSubstr("draft: 256x256, 4 frames, 2 steps"));
    EXPECT_THAT(planned.out, HasSubstr("final: 512x512, 16 frames, 8 steps"));
    const Ran made = app_test::run(
        folder_,
        {"generate",
         "a cat",
         "--model",
         model,
         "--device",
         "cpu",
         "--width",
         "272",
         "--height",
         "64",
         "--guidance",
         "1",
         "--json",
         "-o",
         file("a.mkv")}
    );
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_EQ(frames("a.mkv").size(), 16u);
    EXPECT_THAT(made.out, HasSubstr("\"draft\":true")) << "no event tells of the draft";
}

TEST_F(FromPictures, EachKindOfModelMakesAClip) {
    struct Case {
        const char* preset;
        std::vector<std::string> from;
    };

    const std::vector<Case> cases{
        {"tiny-ti2v", {"--image", file("first.png")}},
        {"tiny-i2v", {"--image", file("first.png")}},
        {"tiny-flf2v", {"--image", file("first.png"), "--last-image", file("last.png")}},
        {"tiny-i2v-two", {"--image", file("first.png"), "--last-image", file("last.png")}},
        {"tiny-vace", {"--image", file("first.png"), "--last-image", file("last.png")}},
        {causal, {"--image", file("first.png")}},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.preset);
        const std::string model = tested.preset == causal ? causal_model() : random_model(tested.preset);
        const std::string name = std::string(tested.preset) + ".mkv";
        std::vector<std::string> flags{"--frames", "9"};
        flags.insert(flags.end(), tested.from.begin(), tested.from.end());
        const Ran ran = generate(model, name, flags);
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        EXPECT_EQ(frames(name).size(), 9U);

        const Ran goes_on = generate(model, "on-" + name, {"--frames", "5", "--extend", file(name)});
        if (std::string(tested.preset) == "tiny-flf2v") {
            EXPECT_EQ(goes_on.exit_code, 2);
            EXPECT_THAT(goes_on.err, HasSubstr("'last_image'"));
        } else {
            ASSERT_EQ(goes_on.exit_code, 0) << goes_on.err;
            EXPECT_EQ(frames("on-" + name).size(), 5U);
        }
        const Ran again = app_test::run(
            folder_,
            {"generate",
             "--recipe",
             file(name),
             "--model",
             model,
             "--device",
             "cpu",
             "-o",
             file("again-" + name)}
        );
        ASSERT_EQ(again.exit_code, 0) << again.err;
        EXPECT_EQ(frames("again-" + name).back()->rgb, frames(name).back()->rgb)
            << "the recipe knows the pictures";
    }
}

TEST_F(FromPictures, WhatIsMissingOrTooMuchIsOneSentence) {
    const std::string model = random_model("tiny-i2v");
    const Ran none = generate(model, "a.mkv", {"--frames", "5"});
    EXPECT_EQ(none.exit_code, 2);
    EXPECT_THAT(none.err, HasSubstr("needs an input of the kind 'image'"));
    write_png(folder_ / "tall.png", stripes(50, 100, 0));
    const Ran planned = app_test::run(
        folder_, {"generate", "a", "--model", model, "--image", file("tall.png"), "--dry-run", "--json"}
    );
    EXPECT_THAT(planned.out, HasSubstr("\"width\":448,\"height\":896")) << "its shape, and 832x480 pixels";
    const Ran last = generate(
        model, "a.mkv", {"--frames", "5", "--image", file("first.png"), "--last-image", file("last.png")}
    );
    EXPECT_EQ(last.exit_code, 2);
    EXPECT_THAT(last.err, HasSubstr("It takes: image, clip."));
    const auto refused = [&](const std::string& name, const std::string& bytes) {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
        const Ran ran = generate(model, "a.mkv", {"--frames", "5", "--image", file(name)});
        EXPECT_EQ(ran.exit_code, 1);
        EXPECT_FALSE(fs::exists(folder_ / "a.mkv"));
        return ran.err;
    };
    EXPECT_THAT(refused("text.png", "no picture at all"), HasSubstr("text.png"));
    // A PNG that says to be 20,000 pixels wide: signature and IHDR (its checksum does not matter, the size is
    // refused first).
    const std::string wide("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x4e\x20\0\0\0\x10\x08\2\0\0\0\0\0\0\0", 33);
    EXPECT_THAT(refused("wide.png", wide), HasSubstr("20000"));
    const Ran listed = app_test::run(folder_, {"models", model});
    EXPECT_EQ(listed.exit_code, 0) << listed.err;
    EXPECT_THAT(listed.out, HasSubstr("text, and a picture (--image, --extend)"));
    EXPECT_THAT(listed.out, HasSubstr("dmd 3 (at most 16), rcm 4, distilled 4 (at most 16)"));
    EXPECT_THAT(listed.out, HasSubstr("takes       LoRAs (--lora)\n"));
    const Ran by_blocks = app_test::run(folder_, {"models", causal_model()});
    EXPECT_THAT(by_blocks.out, HasSubstr("LoRAs (--lora), another prompt on the way (--prompt-at)"));
}

int difference(const Frame& a, const Frame& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) {
        sum += std::abs(int{a.rgb[i]} - int{b.rgb.at(i)});
    }
    return static_cast<int>(sum / static_cast<double>(a.rgb.size()));
}

/// The built-in model begins with the frame that it is given, and goes on from it.
TEST_F(FromPictures, TheBuiltInModelGoesOnFromAFrameAndFromAClip) {
    const std::string model = app_test::test_model().string();
    if (model.empty()) {
        GTEST_SKIP() << "the built-in model is not in resources/models and RUSHES_TEST_MODEL names none";
    }
    const auto run = [&](const std::string& output, const std::vector<std::string>& more) {
        std::vector<std::string> all{
            "generate",
            "a red ball bounces over the sea",
            "--model",
            model,
            "--device",
            "cpu",
            "--seed",
            "3",
            "-o",
            file(output)
        };
        all.insert(all.end(), more.begin(), more.end());
        const Ran ran = app_test::run(folder_, all);
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        return frames(output);
    };
    const std::vector<FramePtr> clip = run("clip.mkv", {"--frames", "17"});
    write_png(folder_ / "end.png", *clip.back());
    const std::vector<FramePtr> from_picture =
        run("picture.mkv", {"--frames", "9", "--image", file("end.png")});
    ASSERT_EQ(from_picture.size(), 9U);
    EXPECT_LT(difference(*from_picture[0], *clip.back()), 12) << "as its VAE sees it";
    EXPECT_LT(difference(*from_picture[0], *clip.back()), difference(*from_picture[0], *clip.front()));
    const std::vector<FramePtr> extended = run("more.mkv", {"--frames", "25", "--extend", file("clip.mkv")});
    ASSERT_EQ(extended.size(), 25U);
    EXPECT_LT(difference(*extended[16], *clip[16]), 12) << "the clip's frames come first";
    EXPECT_GT(difference(*extended[24], *extended[16]), 0);
}

} // namespace
} // namespace rushes
