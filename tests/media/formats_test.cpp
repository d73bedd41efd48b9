#include "media/image.h"
#include "media/read_picture.h"
#include "media_testing.h"
#include "support/full_disk.h"

#include <fstream>

namespace rushes {
namespace {

using namespace testing;

class Formats : public MediaTest {
protected:
    void expect_bit_exact(const fs::path& file, int width, int height, int frames) {
        ClipReader reader(file);
        EXPECT_EQ(reader.facts().frames, frames);
        for (int i = 0; i < frames; ++i) {
            const FramePtr frame = reader.next();
            ASSERT_TRUE(frame) << i;
            EXPECT_EQ(frame->rgb, noise(width, height, i).rgb) << "frame " << i;
        }
        EXPECT_EQ(reader.next(), nullptr);
    }
};

TEST_F(Formats, MkvIsBitExact) {
    const ExportResult result = export_clip(folder_ / "clip.mkv", 97, 63, 9, {}, {12, 1}, noise);
    expect_bit_exact(result.path, 97, 63, 9);
    EXPECT_EQ(ClipReader(result.path).facts().rate, (FrameRate{12, 1}));
    EXPECT_EQ(entries(), 1);
}

TEST_F(Formats, MkvIsFfv1ToFfprobe) {
    if (!has_ffmpeg_tools()) {
        GTEST_SKIP() << "the programs ffmpeg and ffprobe are not installed";
    }
    const ExportResult result = export_clip(folder_ / "clip.mkv", 160, 96, 4, {}, {30000, 1001}, noise);
    EXPECT_EQ(
        ffprobe(result.path, "stream=codec_name,pix_fmt,r_frame_rate"),
        "codec_name=ffv1\npix_fmt=bgr0\nr_frame_rate=30000/1001\n"
    );
    EXPECT_EQ(ffmpeg_frame(result.path, 160, 96).rgb, noise(160, 96, 0).rgb);
}

TEST_F(Formats, MkvIsReadableWhileItGrows) {
    const auto encoder = Encoder::open(folder_ / "clip.mkv", 64, 48, {12, 1}, {}, example_recipe);
    for (int i = 0; i < 5; ++i) {
        encoder->write(noise(64, 48, i));
        expect_bit_exact(encoder->growing_file(), 64, 48, i + 1);
    }
}

TEST_F(Formats, PngSequenceIsBitExact) {
    const ExportResult result = export_clip(folder_ / "shot-%03d.png", 50, 31, 4, {}, {24, 1}, noise);
    EXPECT_EQ(result.path, folder_ / "shot-%03d.png");
    EXPECT_EQ(entries(), 4);
    expect_bit_exact(result.path, 50, 31, 4);
    EXPECT_EQ(read_png(folder_ / "shot-002.png").rgb, noise(50, 31, 2).rgb);
    EXPECT_EQ(read_recipe(folder_ / "shot-003.png"), example_recipe);
}

TEST_F(Formats, PngSequenceNeverOverwrites) {
    export_clip(folder_ / "shot-%d.png", 16, 16, 3);
    const ExportResult second = export_clip(folder_ / "shot-%d.png", 16, 16, 2);
    EXPECT_EQ(second.path, folder_ / "shot-1-%d.png");
    EXPECT_EQ(entries(), 5);
}

TEST_F(Formats, OnePngTakesOneFrame) {
    EXPECT_EQ(export_clip(folder_ / "still.png", 20, 20, 1).path, folder_ / "still.png");
    EXPECT_EQ(error_of([&] { export_clip(folder_ / "more.png", 20, 20, 2); }).kind(), ErrorKind::user);
    EXPECT_EQ(entries(), 1);
}

TEST_F(Formats, GifLoopsAndLooksAlike) {
    const ExportResult result = export_clip(folder_ / "clip.gif", 96, 64, 12);
    ClipReader reader(result.path);
    EXPECT_EQ(reader.facts().frames, 12);
    EXPECT_NEAR(reader.facts().seconds, 1.0, 0.02);
    for (int i = 0; i < 12; ++i) {
        const FramePtr frame = reader.next();
        ASSERT_TRUE(frame);
        EXPECT_GT(psnr(*frame, scene(96, 64, i)), 28) << i;
    }
    std::ifstream file(result.path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_NE(bytes.find(std::string("NETSCAPE2.0\3\1\0\0\0", 16)), std::string::npos)
        << "does not loop for ever";
    EXPECT_EQ(read_recipe(result.path), example_recipe);
    EXPECT_EQ(entries(), 1);
}

/// Colours as they were: another matrix or range than the file says would be tens of levels off.
TEST_F(Formats, PhotosAreNearlyThePictureAndCarryItsRecipe) {
    const auto red = [](int width, int height, int index) {
        Frame frame{width, height, index, {}};
        for (int i = 0; i < width * height; ++i) {
            frame.rgb.insert(frame.rgb.end(), {200, 30, 60});
        }
        return frame;
    };
    for (const std::string end : {".jpg", ".jpeg", ".avif"}) {
        SCOPED_TRACE(end);
        const fs::path picture = export_clip(folder_ / ("scene" + end), 97, 63, 1).path;
        EXPECT_GT(psnr(read_png(picture), scene(97, 63, 0)), 35);
        EXPECT_EQ(read_recipe(picture), example_recipe);
        const Frame flat =
            read_picture(export_clip(folder_ / ("red" + end), 64, 48, 1, {}, {1, 1}, red).path);
        ASSERT_EQ(flat.width, 64);
        for (std::size_t i = 0; i < flat.rgb.size(); ++i) {
            ASSERT_NEAR(flat.rgb[i], red(64, 48, 0).rgb[i], 3) << i;
        }
        ExportSettings small;
        small.quality = 51;
        const fs::path smaller = export_clip(folder_ / ("small" + end), 97, 63, 1, small).path;
        EXPECT_LT(fs::file_size(smaller), fs::file_size(picture));
    }
    EXPECT_EQ(error_of([&] { export_clip(folder_ / "more.jpg", 20, 20, 2); }).kind(), ErrorKind::user);
    EXPECT_EQ(export_clip(folder_ / "shot-%d.jpg", 20, 20, 3).frames, 3);
}

TEST_F(Formats, WebpIsLosslessWhenAsked) {
    ExportSettings settings;
    settings.quality = 0;
    const ExportResult result = export_clip(folder_ / "clip.webp", 50, 31, 5, settings, {12, 1}, noise);
    expect_bit_exact(result.path, 50, 31, 5);
    EXPECT_EQ(ClipReader(result.path).facts().rate, (FrameRate{12, 1}));
    EXPECT_EQ(read_recipe(result.path), example_recipe);
}

TEST_F(Formats, WebpKeepsFramesThatDoNotChange) {
    const ExportResult result =
        export_clip(folder_ / "clip.webp", 64, 64, 12, {}, {12, 1}, [](int w, int h, int i) {
            return scene(w, h, i < 4 ? 0 : i);
        });
    ClipReader reader(result.path);
    EXPECT_EQ(reader.facts().frames, 12);
    EXPECT_NEAR(reader.facts().seconds, 1.0, 0.01);
    EXPECT_GT(psnr(*reader.at(11), scene(64, 64, 11)), 28);
    EXPECT_GT(psnr(*reader.at(2), scene(64, 64, 0)), 28);
}

TEST_F(Formats, WithoutRecipeThereIsNoneInside) {
    ExportSettings settings;
    settings.embed_recipe = false;
    for (const char* name :
         {"clip.mp4", "clip.mkv", "clip.gif", "clip.webp", "clip.png", "clip.jpg", "clip.avif"}) {
        const ExportResult result = export_clip(folder_ / name, 64, 64, 1, settings);
        EXPECT_EQ(read_recipe(result.path), std::nullopt) << name;
        std::ifstream file(result.path, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), {});
        EXPECT_EQ(bytes.find("trainedAlgorithmicMedia"), std::string::npos) << name;
        EXPECT_EQ(bytes.find("seed"), std::string::npos) << name;
    }
}

TEST_F(Formats, EveryFormatSaysWhenTheDiskIsFull) {
    for (const char* name : {"clip.mp4", "clip.mkv", "clip.gif", "clip.webp", "clip-%d.png", "clip-%d.jpg"}) {
        const Error error = error_of([&] {
            const FullDisk full(3000);
            export_clip(folder_ / name, 64, 64, 30, {}, {12, 1}, noise);
        });
        EXPECT_EQ(error.kind(), ErrorKind::resource) << name << ": " << error.what();
        EXPECT_NE(std::string(error.what()).find("clip"), std::string::npos) << error.what();
        EXPECT_FALSE(error.hint().empty()) << name;
        EXPECT_EQ(entries(), 0) << name;
    }
}

TEST_F(Formats, BadRequestsAreOneSentence) {
    ExportSettings half;
    half.width = 1080;
    ExportSettings wrong_quality;
    wrong_quality.quality = 77;
    ExportSettings wrong_encoder;
    wrong_encoder.encoder = "x265";
    const std::vector<std::function<void()>> requests{
        [&] { export_clip(folder_ / "clip.avi", 64, 64, 1); },
        [&] { export_clip(folder_ / "clip", 64, 64, 1); },
        [&] { export_clip(folder_ / "clip.mp4", 64, 64, 0); },
        [&] { export_clip(folder_ / "clip.mp4", 0, 64, 1); },
        [&] { export_clip(folder_ / "clip.mp4", 64, 64, 1, half); },
        [&] { export_clip(folder_ / "clip.mp4", 64, 64, 1, wrong_quality); },
        [&] { export_clip(folder_ / "clip.mp4", 64, 64, 1, wrong_encoder); },
        [&] { export_clip(folder_ / "clip.mp4", 64, 64, 1, {}, {12, 0}); },
        [&] { export_clip(folder_ / "%s.png", 64, 64, 1); },
        [&] { export_clip(folder_ / "%d-%d.png", 64, 64, 1); },
        [&] { export_clip("/proc/nowhere/clip.mp4", 64, 64, 1); },
        [&] {
            fs::create_directory(folder_ / "folder.mp4");
            const auto remove = std::unique_ptr<void, std::function<void(void*)>>(this, [&](void*) {
                fs::remove(folder_ / "folder.mp4");
            });
            export_clip(folder_ / "folder.mp4", 64, 64, 1);
        },
        [&] {
            std::ofstream(folder_ / "file") << "x";
            const auto remove = std::unique_ptr<void, std::function<void(void*)>>(this, [&](void*) {
                fs::remove(folder_ / "file");
            });
            export_clip(folder_ / "file" / "clip.mp4", 64, 64, 1);
        },
    };
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const Error error = error_of(requests[i]);
        EXPECT_EQ(error.kind(), ErrorKind::user) << i << ": " << error.what();
        const std::string text = error.what();
        EXPECT_TRUE(text.ends_with('.')) << text;
        EXPECT_EQ(entries(), 0) << i << ": " << text;
    }
}

TEST_F(Formats, AFrameOfAnotherSizeIsRefusedAndTheClipGoesOn) {
    for (const char* name : {"clip.mp4", "clip.mkv", "clip.gif", "clip.webp"}) {
        const auto encoder = Encoder::open(folder_ / name, 64, 64, {12, 1}, {}, {});
        encoder->write(scene(64, 64, 0));
        EXPECT_THROW(encoder->write(scene(62, 64, 1)), Error);
        encoder->write(scene(64, 64, 1));
        EXPECT_EQ(encoder->finish().frames, 2);
    }
}

TEST_F(Formats, MissingFoldersAreMade) {
    EXPECT_TRUE(fs::exists(export_clip(folder_ / "a" / "b" / "clip.mp4", 64, 64, 1).path));
}

} // namespace
} // namespace rushes
