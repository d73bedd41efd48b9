// `rushes generate --lora` with the layouts that people have LoRAs in.
#include "app/program.h"
#include "generation/recipe.h"
#include "media/clip_reader.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using app_test::Ran;
using ::testing::HasSubstr;

class Loras : public ::testing::Test {
protected:
    Loras() {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    ~Loras() override { fs::remove_all(folder_); }

    static std::string lora(const std::string& layout) {
        return std::string(RUSHES_TEST_DATA) + "/parity/fixtures/weights/lora_" + layout + ".safetensors";
    }

    Ran generate(const std::string& output, const std::vector<std::string>& more) const {
        std::vector<std::string> all{
            "generate",
            "a cat",
            "--model",
            std::string(RUSHES_TEST_DATA) + "/parity/fixtures/wan/wan21",
            "--device",
            "cpu",
            "--seed",
            "5",
            "--width",
            "64",
            "--height",
            "48",
            "--steps",
            "2",
            "--frames",
            "5",
            "--no-draft",
            "-o",
            (folder_ / output).string()
        };
        all.insert(all.end(), more.begin(), more.end());
        return app_test::run(folder_, all);
    }

    std::vector<std::uint8_t>
    last_frame(const std::string& output, const std::vector<std::string>& more) const {
        const Ran ran = generate(output, more);
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        ClipReader reader(folder_ / output);
        std::vector<std::uint8_t> pixels;
        while (const FramePtr frame = reader.next()) {
            pixels = frame->rgb;
        }
        return pixels;
    }

    const fs::path folder_ =
        fs::temp_directory_path() /
        (std::string("rushes-loras-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(Loras, InEachLayoutChangeTheClipByTheirStrength) {
    const auto plain = last_frame("plain.mkv", {});
    for (const std::string layout : {"diffusers", "original", "kohya"}) {
        const auto changed = last_frame(layout + ".mkv", {"--lora", lora(layout) + ":0.8"});
        EXPECT_NE(changed, plain) << layout;
        EXPECT_NE(last_frame(layout + "-whole.mkv", {"--lora", lora(layout)}), changed)
            << "its strength is 1";
        EXPECT_EQ(last_frame(layout + "-off.mkv", {"--lora", lora(layout) + ":0"}), plain) << layout;
    }
}

TEST_F(Loras, TheRecipeKnowsThem) {
    const auto both =
        last_frame("both.mkv", {"--lora", lora("kohya") + ":0.5", "--lora", lora("original") + ":-1"});
    const Ran recipe = app_test::run(folder_, {"recipe", (folder_ / "both.mkv").string()});
    const std::vector<RecipeLora> loras = recipe_from_json(recipe.out).loras;
    ASSERT_EQ(loras.size(), 2U);
    EXPECT_EQ(loras[0].strength, 0.5);
    EXPECT_EQ(loras[1].strength, -1);
    EXPECT_EQ(last_frame("again.mkv", {"--recipe", (folder_ / "both.mkv").string()}), both);
    EXPECT_NE(
        last_frame("other.mkv", {"--recipe", (folder_ / "both.mkv").string(), "--lora", lora("kohya")}), both
    );
}

TEST_F(Loras, WhatIsNoneIsOneSentence) {
    const auto refused = [&](const std::string& value) {
        const Ran ran = generate("a.mkv", {"--lora", value});
        EXPECT_NE(ran.exit_code, 0);
        EXPECT_FALSE(fs::exists(folder_ / "a.mkv"));
        return ran.err;
    };
    EXPECT_THAT(refused((folder_ / "none.safetensors").string()), HasSubstr("no such file"));
    std::ofstream(folder_ / "text.safetensors") << "no weights";
    EXPECT_THAT(refused((folder_ / "text.safetensors").string()), HasSubstr("text.safetensors"));
    EXPECT_THAT(refused(lora("kohya") + ":11"), HasSubstr("strength of 11"));
    EXPECT_THAT(
        refused(
            std::string(RUSHES_TEST_DATA) +
            "/parity/fixtures/wan/wan21/vae/diffusion_pytorch_model.safetensors"
        ),
        HasSubstr("LoRA")
    );
}

} // namespace
} // namespace rushes
