#include "media/image.h"
#include "media_testing.h"

#include <fstream>

namespace rushes {
namespace {

using namespace testing;

class Reader : public MediaTest {};

TEST_F(Reader, AtFindsEveryFrameInAnyOrder) {
    for (const char* name : {"clip.mp4", "clip.mkv", "clip.gif", "clip.webp", "clip-%02d.png"}) {
        const fs::path file = export_clip(folder_ / name, 96, 64, 60).path;
        ClipReader reader(file);
        for (const int index : {0, 1, 5, 59, 30, 29, 30, 0, 58, 59}) {
            const FramePtr frame = reader.at(index);
            ASSERT_TRUE(frame) << name << " " << index;
            EXPECT_EQ(frame->index, index) << name;
            EXPECT_GT(psnr(*frame, scene(96, 64, index)), 26) << name << " " << index;
        }
        EXPECT_EQ(reader.at(60), nullptr) << name;
        EXPECT_EQ(reader.at(-1), nullptr) << name;
        EXPECT_TRUE(reader.at(3)) << name << " after the end";
    }
}

TEST_F(Reader, RewindsAndReadsOn) {
    for (const char* name : {"clip.mp4", "clip.mkv", "clip.gif", "clip.webp"}) {
        ClipReader reader(export_clip(folder_ / name, 64, 48, 5).path);
        for (int pass = 0; pass < 3; ++pass) {
            for (int i = 0; i < 5; ++i) {
                ASSERT_EQ(reader.next()->index, i) << name;
            }
            EXPECT_EQ(reader.next(), nullptr);
            reader.rewind();
        }
    }
}

TEST_F(Reader, ScalesWithinTheAspectAndNeverEnlarges) {
    ClipReader reader(export_clip(folder_ / "clip.mkv", 160, 96, 3).path);
    const FramePtr half = reader.next(80, 80);
    EXPECT_EQ(half->width, 80);
    EXPECT_EQ(half->height, 48);
    const FramePtr whole = reader.next(1000, 1000);
    EXPECT_EQ(whole->width, 160);
    EXPECT_EQ(whole->height, 96);
}

TEST_F(Reader, BelievesTheTagsOfTheFile) {
    if (!has_ffmpeg_tools()) {
        GTEST_SKIP() << "the programs ffmpeg and ffprobe are not installed";
    }
    // The same green in another matrix and range, made by another program.
    const fs::path still = folder_ / "green.png";
    write_png(still, plain(64, 64, {40, 190, 70}));
    for (const std::string tags :
         {"bt709:out_range=tv -colorspace bt709 -color_range tv",
          "smpte170m:out_range=tv -colorspace smpte170m -color_range tv",
          "bt709:out_range=pc -colorspace bt709 -color_range pc"}) {
        const fs::path file = folder_ / "clip.mp4";
        const std::string command = "ffmpeg -y -v error -i " + quoted(still) +
                                    " -vf scale=out_color_matrix=" + tags + " -pix_fmt yuv420p -crf 1 " +
                                    quoted(file);
        ASSERT_EQ(run_command(command).status, 0) << command;
        const auto got = pixel(*ClipReader(file).next(), 32, 32);
        EXPECT_NEAR(got[0], 40, 4) << tags;
        EXPECT_NEAR(got[1], 190, 4) << tags;
        EXPECT_NEAR(got[2], 70, 4) << tags;
    }
}

TEST_F(Reader, WhatIsNoClipIsOneSentence) {
    std::ofstream(folder_ / "text.mp4") << "this is not a clip";
    std::ofstream(folder_ / "empty.mp4").flush();
    std::ofstream(folder_ / "half.webp") << "RIFF\x10\0\0\0WEBPVP8 ";
    for (const fs::path& file :
         {folder_ / "text.mp4",
          folder_ / "empty.mp4",
          folder_ / "half.webp",
          folder_ / "none.mp4",
          folder_,
          folder_ / "none-%d.png"}) {
        const Error error = error_of([&] { ClipReader reader(file); });
        EXPECT_EQ(error.kind(), ErrorKind::user) << file;
        EXPECT_NE(std::string(error.what()).find(file.filename().string().substr(0, 4)), std::string::npos)
            << error.what();
    }
}

TEST_F(Reader, PngGoesAndComesExactly) {
    const fs::path file = folder_ / "sub" / "thumb.png";
    const Frame frame = noise(33, 21, 4);
    write_png(file, frame);
    write_png(file, frame); // a cache: replaced
    EXPECT_EQ(read_png(file).rgb, frame.rgb);
    EXPECT_EQ(read_recipe(file), std::nullopt);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "sub"), fs::directory_iterator()), 1);
}

TEST_F(Reader, ThumbnailsKeepTheAspect) {
    const Frame small = thumbnail(scene(160, 96, 0), 64, 64);
    EXPECT_EQ(small.width, 64);
    EXPECT_EQ(small.height, 38);
    EXPECT_EQ(thumbnail(scene(20, 10, 0), 64, 64).width, 20);
}

} // namespace
} // namespace rushes
