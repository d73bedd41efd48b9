#include "media/bytes.h"
#include "media/tags.h"
#include "media_testing.h"

#include <fstream>
#include <random>

namespace rushes {
namespace {

using namespace testing;

class Tags : public MediaTest {
protected:
    fs::path file_with(const std::string& bytes) {
        fs::path path = folder_ / "hostile";
        std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path;
    }

    static std::string bytes_of(const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {(std::istreambuf_iterator<char>(file)), {}};
    }
};

TEST_F(Tags, XmpHoldsRecipePromptAndTheMark) {
    const std::string packet = xmp_packet(example_recipe);
    EXPECT_EQ(recipe_in_xmp(packet), example_recipe);
    EXPECT_NE(
        packet.find("<rdf:li xml:lang=\"x-default\">a &lt;red&gt; &quot;ball&quot; &amp; the sea \xC3\xA9"),
        std::string::npos
    ) << packet;
    EXPECT_NE(
        packet.find("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"),
        std::string::npos
    );
    EXPECT_EQ(recipe_in_xmp("<x:xmpmeta/>"), std::nullopt);
    EXPECT_EQ(recipe_in_xmp("<rushes:recipe>{"), std::nullopt);
}

TEST_F(Tags, EscapedTextStaysAsItWas) {
    const std::string recipe = R"({"prompt":"&lt; &amp;amp; ' \" < > </rushes:recipe> ]]>"})";
    EXPECT_EQ(recipe_in_xmp(xmp_packet(recipe)), recipe);
}

TEST_F(Tags, RecipesOf100KilobytesComeBackFromEveryFormat) {
    const std::string recipe = R"({"prompt":")" + std::string(100'000, 'x') + R"("})";
    for (const char* name : {"clip.mp4", "clip.mkv", "clip.gif", "clip.webp", "clip.png", "clip.avif"}) {
        const auto encoder = Encoder::open(folder_ / name, 64, 48, {12, 1}, {}, recipe);
        encoder->write(scene(64, 48, 0));
        EXPECT_EQ(read_recipe(encoder->finish().path), recipe) << name;
    }
    const auto jpeg = Encoder::open(folder_ / "clip.jpg", 64, 48, {12, 1}, {}, recipe);
    jpeg->write(scene(64, 48, 0));
    const ExportResult result = jpeg->finish();
    EXPECT_EQ(read_recipe(result.path), std::nullopt) << "a segment ends at 64 KiB";
    EXPECT_NE(result.note.find("too long"), std::string::npos) << result.note;
}

TEST_F(Tags, SurvivesStreamCopyByFfmpeg) {
    if (!has_ffmpeg_tools()) {
        GTEST_SKIP() << "the programs ffmpeg and ffprobe are not installed";
    }
    const ExportResult clip = export_clip(folder_ / "clip.mp4", 64, 48, 3);
    for (const char* name : {"copy.mp4", "copy.mkv"}) {
        const fs::path copy = folder_ / name;
        ASSERT_EQ(
            run_command("ffmpeg -v error -i " + quoted(clip.path) + " -c copy " + quoted(copy)).status, 0
        );
        EXPECT_EQ(read_recipe(copy), example_recipe) << name;
    }
}

TEST_F(Tags, TheXmpBoxAloneIsEnough) {
    const ExportResult clip = export_clip(folder_ / "clip.mp4", 64, 48, 3);
    std::string bytes = bytes_of(clip.path);
    // Without its comment: the JSON in moov is no longer JSON, the one in the uuid box is escaped and stays.
    const auto comment = bytes.find("{\"schema_version\"");
    ASSERT_LT(comment, bytes.find("uuid"));
    bytes[comment] = ' ';
    EXPECT_EQ(read_recipe(file_with(bytes)), example_recipe);
}

TEST_F(Tags, ACommentOfAnotherProgramIsNoRecipe) {
    const auto encoder = Encoder::open(folder_ / "clip.mkv", 64, 48, {12, 1}, {}, "made with something else");
    encoder->write(scene(64, 48, 0));
    EXPECT_EQ(read_recipe(encoder->finish().path), std::nullopt);
}

TEST_F(Tags, BoxSizesOfEveryKind) {
    const std::string ordinary = big_endian32(12) + "free" + "abcd";
    const std::string large =
        big_endian32(1) + "mdat" + std::string(7, '\0') + "\x14" + "abcd"; // 64-bit size: 20
    const std::string to_the_end = big_endian32(0) + "last" + "abcdefgh";
    const auto boxes = top_level_boxes(file_with(ordinary + large + to_the_end));
    ASSERT_EQ(boxes.size(), 3U);
    EXPECT_EQ(boxes[1].type, "mdat");
    EXPECT_EQ(boxes[1].header, 16U);
    EXPECT_EQ(boxes[1].size, 20U);
    EXPECT_EQ(boxes[2].offset, 32U);
    EXPECT_EQ(boxes[2].size, 16U);
}

TEST_F(Tags, HostileBoxSizesEndTheWalk) {
    const std::string good = big_endian32(8) + "free";
    const std::vector<std::string> bad{
        big_endian32(7) + "free",                                 // smaller than its header
        big_endian32(9) + "free",                                 // past the end
        big_endian32(1) + "free" + std::string(8, '\xFF'),        // 2^64 - 1
        big_endian32(1) + "free" + std::string(7, '\0') + "\x0F", // 64-bit size smaller than its header
        big_endian32(1) + "free",                                 // 64-bit size missing
        big_endian32(20) + "uuid" + "short4567890",               // no room for the uuid
        std::string(3, '\0'),
    };
    for (const std::string& bytes : bad) {
        EXPECT_EQ(top_level_boxes(file_with(good + bytes)).size(), 1U) << bytes.size();
    }
    EXPECT_TRUE(top_level_boxes(folder_ / "none").empty());
}

TEST_F(Tags, ManyTinyBoxesEndInTime) {
    std::string bytes;
    for (int i = 0; i < 70'000; ++i) {
        bytes += big_endian32(8) + "free";
    }
    EXPECT_EQ(top_level_boxes(file_with(bytes)).size(), 65'536U);
}

TEST_F(Tags, WhatCannotBeReadIsAnError) {
    EXPECT_EQ(error_of([&] { read_recipe(folder_ / "none.mp4"); }).kind(), ErrorKind::user);
    EXPECT_EQ(error_of([&] { read_recipe(folder_); }).kind(), ErrorKind::user);
    const std::string whole = bytes_of(export_clip(folder_ / "clip.mp4", 32, 24, 3).path);
    for (const std::string& bytes : {std::string("just some text, no clip at all"), whole.substr(0, 40)}) {
        const std::string said = error_of([&] { read_recipe(file_with(bytes)); }).what();
        EXPECT_NE(said.find("is not a video or picture"), std::string::npos) << said;
    }
}

// Damaged files of every format: bytes changed, cut, doubled. Nothing but an Error may come out, and in time.
TEST_F(Tags, MutatedFilesNeverCrashTheReaders) {
    std::mt19937 random(20'261'121);
    for (const std::string name :
         {"clip.mp4", "clip.mkv", "clip.gif", "clip.webp", "clip.png", "clip.jpg", "clip.avif"}) {
        const bool still = name.ends_with(".png") || name.ends_with(".jpg") || name.ends_with(".avif");
        const std::string whole = bytes_of(export_clip(folder_ / name, 32, 24, still ? 1 : 3).path);
        for (int round = 0; round < 120; ++round) {
            std::string bytes = whole;
            for (int change = 0; change < 1 + round % 6; ++change) {
                bytes[random() % bytes.size()] = static_cast<char>(random());
            }
            if (round % 3 == 0) {
                bytes.resize(random() % bytes.size());
            }
            const fs::path file = file_with(bytes);
            try {
                read_recipe(file);
                ClipReader reader(file);
                for (int i = 0; i < 10 && reader.next(64, 64); ++i) {
                }
            } catch (const Error& error) {
                EXPECT_NE(error.kind(), ErrorKind::bug) << error.what();
            }
        }
    }
}

} // namespace
} // namespace rushes
