#include "media/tags.h"
#include "media_testing.h"
#include "support/full_disk.h"

#include <fstream>

namespace rushes {
namespace {

using namespace testing;

class Mp4 : public MediaTest {};

#define NEEDS_FFMPEG_TOOLS()                                                                                 \
    if (!has_ffmpeg_tools()) {                                                                               \
        GTEST_SKIP() << "the programs ffmpeg and ffprobe are not installed";                                 \
    }

TEST_F(Mp4, IsWhatFfprobeCallsH264WithBt709Tags) {
    NEEDS_FFMPEG_TOOLS();
    const ExportResult result = export_clip(folder_ / "clip.mp4", 160, 96, 25);
    EXPECT_EQ(result.frames, 25);
    const std::string facts = ffprobe(
        result.path,
        "stream=codec_name,profile,pix_fmt,width,height,color_range,color_space,color_transfer,color_"
        "primaries,chroma_location,"
        "r_frame_rate,avg_frame_rate,nb_frames,nb_read_packets,duration_ts,time_base"
    );
    for (const char* fact : {
             "codec_name=h264",
             "profile=High",
             "pix_fmt=yuv420p",
             "width=160",
             "height=96",
             "color_range=tv",
             "color_space=bt709",
             "color_transfer=bt709",
             "color_primaries=bt709",
             "chroma_location=left",
             "r_frame_rate=12/1",
             "avg_frame_rate=12/1",
             "nb_frames=25",
             "nb_read_packets=25",
         }) {
        EXPECT_NE(facts.find(fact), std::string::npos) << fact << " is not in\n" << facts;
    }
    EXPECT_NE(ffprobe(result.path, "format_tags=comment").find("\"seed\":42"), std::string::npos);
    EXPECT_EQ(ffprobe(result.path, "format=duration"), "duration=2.083333\n");
}

TEST_F(Mp4, KeepsFractionalFrameRatesExact) {
    NEEDS_FFMPEG_TOOLS();
    const ExportResult result = export_clip(folder_ / "clip.mp4", 64, 64, 10, {}, {30000, 1001});
    const std::string facts = ffprobe(result.path, "stream=r_frame_rate,avg_frame_rate");
    EXPECT_EQ(facts, "r_frame_rate=30000/1001\navg_frame_rate=30000/1001\n");
    EXPECT_EQ(ClipReader(result.path).facts().rate, (FrameRate{30000, 1001}));
}

TEST_F(Mp4, HasItsIndexInFrontAndTheColourBox) {
    const ExportResult result = export_clip(folder_ / "clip.mp4", 160, 96, 5);
    std::string order;
    for (const Box& box : top_level_boxes(result.path)) {
        order += box.type + " ";
    }
    EXPECT_EQ(order, "ftyp moov free mdat uuid ");
    std::ifstream file(result.path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    // colr box: nclx, primaries 1, transfer 1, matrix 1, not full range (ISO/IEC 14496-12, 12.1.5)
    EXPECT_NE(bytes.find(std::string("colrnclx\0\1\0\1\0\1\0", 15)), std::string::npos);
}

TEST_F(Mp4, ComesBackAlmostAsItWent) {
    const ExportResult result = export_clip(folder_ / "clip.mp4", 160, 96, 12);
    ClipReader reader(result.path);
    EXPECT_EQ(reader.facts().frames, 12);
    for (int i = 0; i < 12; ++i) {
        const FramePtr frame = reader.next();
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->index, i);
        EXPECT_GT(psnr(*frame, scene(160, 96, i)), 32) << "frame " << i; // 4:2:0 halves the disc's red edge
    }
    EXPECT_EQ(reader.next(), nullptr);
}

TEST_F(Mp4, ColoursSurviveInAnIndependentDecoder) {
    NEEDS_FFMPEG_TOOLS();
    const std::array<std::array<std::uint8_t, 3>, 8> patches{{
        {255, 255, 255},
        {0, 0, 0},
        {128, 128, 128},
        {255, 0, 0},
        {0, 255, 0},
        {0, 0, 255},
        {30, 200, 160},
        {240, 170, 20},
    }};
    for (const auto& colour : patches) {
        const fs::path file = folder_ / "patch.mp4";
        fs::remove(file);
        ExportSettings settings;
        settings.quality = 1;
        export_clip(file, 64, 48, 2, settings, {12, 1}, [&](int w, int h, int) {
            return plain(w, h, colour);
        });
        for (const Frame& frame : {ffmpeg_frame(file, 64, 48), *ClipReader(file).next()}) {
            ASSERT_EQ(frame.rgb.size(), 64U * 48 * 3);
            const auto got = pixel(frame, 30, 20);
            for (std::size_t c = 0; c < 3; ++c) {
                EXPECT_NEAR(got[c], colour[c], 3) << "channel " << c << " of " << int{colour[0]} << ","
                                                  << int{colour[1]} << "," << int{colour[2]};
            }
        }
    }
}

TEST_F(Mp4, OddSizesGrowByOneRepeatedPixel) {
    const ExportResult result =
        export_clip(folder_ / "odd.mp4", 97, 63, 3, {}, {12, 1}, [](int w, int h, int i) {
            Frame frame = plain(w, h, {200, 200, 200});
            frame.index = i;
            return frame;
        });
    EXPECT_EQ(result.width, 98);
    EXPECT_EQ(result.height, 64);
    const FramePtr frame = ClipReader(result.path).next();
    ASSERT_EQ(frame->width, 98);
    EXPECT_NEAR(pixel(*frame, 97, 63)[0], 200, 3);
}

TEST_F(Mp4, IsPlayableWhileItGrows) {
    const auto encoder = Encoder::open(folder_ / "clip.mp4", 160, 96, {12, 1}, {}, example_recipe);
    for (int i = 0; i < 7; ++i) {
        encoder->write(scene(160, 96, i));
        const fs::path copy = folder_ / "copy.mp4";
        fs::copy_file(encoder->growing_file(), copy, fs::copy_options::overwrite_existing);
        ClipReader reader(copy);
        ASSERT_EQ(reader.facts().frames, i + 1);
        EXPECT_GT(psnr(*reader.at(i), scene(160, 96, i)), 32);
        EXPECT_EQ(read_recipe(copy), example_recipe);
    }
    fs::remove(folder_ / "copy.mp4");
    EXPECT_EQ(encoder->finish().frames, 7);
    EXPECT_EQ(entries(), 1);
}

TEST_F(Mp4, ATruncatedGrowingFileIsStillPlayable) {
    const auto encoder = Encoder::open(folder_ / "clip.mp4", 160, 96, {12, 1}, {}, example_recipe);
    for (int i = 0; i < 6; ++i) {
        encoder->write(noise(160, 96, i));
    }
    const fs::path copy = folder_ / "copy.mp4";
    fs::copy_file(encoder->growing_file(), copy);
    fs::resize_file(copy, fs::file_size(copy) - 100);
    ClipReader reader(copy);
    int frames = 0;
    while (reader.next()) {
        ++frames;
    }
    EXPECT_GE(frames, 5);
}

TEST_F(Mp4, LeavesNothingBehindWhenDropped) {
    {
        const auto encoder = Encoder::open(folder_ / "clip.mp4", 160, 96, {12, 1}, {}, {});
        encoder->write(scene(160, 96, 0));
        EXPECT_EQ(entries(), 1);
    }
    EXPECT_EQ(entries(), 0);
}

TEST_F(Mp4, NeverOverwrites) {
    std::ofstream(folder_ / "clip.mp4") << "precious";
    const ExportResult first = export_clip(folder_ / "clip.mp4", 64, 64, 2);
    const ExportResult second = export_clip(folder_ / "clip.mp4", 64, 64, 2);
    EXPECT_EQ(first.path, folder_ / "clip-1.mp4");
    EXPECT_EQ(second.path, folder_ / "clip-2.mp4");
    std::string kept;
    std::ifstream(folder_ / "clip.mp4") >> kept;
    EXPECT_EQ(kept, "precious");
}

TEST_F(Mp4, AFullDiskIsASentenceAndKeepsWhatWasWritten) {
    const auto encoder = Encoder::open(folder_ / "clip.mp4", 160, 96, {12, 1}, {}, example_recipe);
    int written = 0;
    const Error error = error_of([&] {
        const FullDisk full(200'000);
        for (; written < 100; ++written) {
            encoder->write(noise(160, 96, written));
        }
    });
    EXPECT_EQ(error.kind(), ErrorKind::resource);
    EXPECT_NE(std::string(error.what()).find("disk is full"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("clip.mp4"), std::string::npos) << error.what();
    EXPECT_FALSE(error.hint().empty());
    const ExportResult result = encoder->finish();
    EXPECT_EQ(result.frames, written);
    EXPECT_FALSE(result.note.empty());
    ClipReader reader(result.path);
    EXPECT_EQ(reader.facts().frames, written);
    EXPECT_EQ(entries(), 1);
}

TEST_F(Mp4, NoRoomForTheSecondCopyKeepsTheFragmentedOne) {
    const auto encoder = Encoder::open(folder_ / "clip.mp4", 160, 96, {12, 1}, {}, example_recipe);
    for (int i = 0; i < 8; ++i) {
        encoder->write(noise(160, 96, i));
    }
    ExportResult result;
    {
        const FullDisk full(50'000);
        result = encoder->finish();
    }
    EXPECT_NE(result.note.find("fragmented"), std::string::npos) << result.note;
    EXPECT_EQ(ClipReader(result.path).facts().frames, 8);
    EXPECT_EQ(read_recipe(result.path), example_recipe);
    EXPECT_EQ(entries(), 1);
}

TEST_F(Mp4, NvencOpensOrSaysWhy) {
    ExportSettings settings;
    settings.encoder = "h264_nvenc";
    if (nvenc_opens()) {
        EXPECT_EQ(export_clip(folder_ / "a.mp4", 320, 192, 3, settings).encoder, "h264_nvenc");
        return;
    }
    const Error error = error_of([&] { export_clip(folder_ / "a.mp4", 320, 192, 3, settings); });
    EXPECT_EQ(error.kind(), ErrorKind::user);
    EXPECT_NE(error.hint().find("libx264"), std::string::npos);
    EXPECT_EQ(entries(), 0);
    settings.encoder = "auto";
    const ExportResult result = export_clip(folder_ / "a.mp4", 320, 192, 3, settings);
    EXPECT_EQ(result.encoder, "libx264");
    EXPECT_EQ(result.note.find("NVENC") != std::string::npos, fs::exists("/dev/nvidiactl"));
    settings.encoder = "libx264";
    EXPECT_EQ(export_clip(folder_ / "a.mp4", 320, 192, 3, settings).note, "");
}

TEST_F(Mp4, SocialSizeIsHighProfileToo) {
    NEEDS_FFMPEG_TOOLS();
    ExportSettings settings;
    settings.width = 1080;
    settings.height = 1920;
    const ExportResult result = export_clip(folder_ / "clip.mp4", 160, 96, 2, settings);
    EXPECT_EQ(ffprobe(result.path, "stream=profile,width,height"), "profile=High\nwidth=1080\nheight=1920\n");
}

} // namespace
} // namespace rushes
