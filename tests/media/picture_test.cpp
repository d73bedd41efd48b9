#include "media/bytes.h"
#include "media/image.h"
#include "media/picture_header.h"
#include "media/read_picture.h"
#include "media_testing.h"

#include <fstream>
#include <gmock/gmock.h>
#include <random>

namespace rushes {
namespace {

using namespace testing;
using ::testing::HasSubstr;

class Picture : public MediaTest {
protected:
    static fs::path fixture(const std::string& name) {
        return fs::path(RUSHES_TEST_DATA) / "media" / "fixtures" / "pictures" / name;
    }

    fs::path file_with(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder_ / name, std::ios::binary | std::ios::trunc) << bytes;
        return folder_ / name;
    }
};

std::string bytes_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// Red at the upper left, green at the upper right, blue below; as make_picture_fixtures.py draws it.
void expect_upright(const Frame& frame, int width, int height, int tolerance, const std::string& name) {
    ASSERT_EQ(frame.width, width) << name;
    ASSERT_EQ(frame.height, height) << name;
    const auto near = [&](int x, int y, std::array<int, 3> wanted) {
        for (std::size_t c = 0; c < 3; ++c) {
            EXPECT_NEAR(pixel(frame, x, y)[c], wanted[c], tolerance) << name << " at " << x << ", " << y;
        }
    };
    near(width / 4, height / 4, {230, 30, 20});
    near(width * 3 / 4, height / 4, {20, 200, 60});
    near(width / 4, height * 3 / 4, {20, 40, 220});
    near(width * 3 / 4, height * 3 / 4, {20, 40, 220});
}

TEST_F(Picture, StandsUprightHoweverTheCameraWasHeld) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
        for (const auto& [ending, tolerance] :
             {std::pair("png", 0), std::pair("webp", 0), std::pair("jpg", 4)}) {
            const std::string name = "turned-" + std::to_string(orientation) + "." + ending;
            expect_upright(read_picture(fixture(name)), 24, 16, tolerance, name);
        }
    }
    expect_upright(read_picture(fixture("progressive.jpg")), 24, 16, 10, "progressive.jpg"); // 4:2:0
    expect_upright(read_picture(fixture("palette.png")), 24, 16, 2, "palette.png");
}

TEST_F(Picture, AvifIsTurnedByItsProperties) {
    try {
        expect_upright(read_picture(fixture("turned.avif")), 96, 64, 6, "turned.avif");
    } catch (const Error& error) {
        ASSERT_THAT(error.what(), HasSubstr("AVIF")) << error.what();
        GTEST_SKIP() << "FFmpeg here reads no AVIF: " << error.what();
    }
}

TEST_F(Picture, WhatIsTransparentLiesOnBlack) {
    for (const char* name : {"alpha.png", "alpha.webp"}) {
        const Frame frame = read_picture(fixture(name));
        for (int x = 0; x < 16; ++x) {
            const double alpha = x * 17 / 255.0;
            EXPECT_NEAR(pixel(frame, x, 7)[0], 200 * alpha, 1.01) << name << " " << x;
            EXPECT_NEAR(pixel(frame, x, 7)[1], 100 * alpha, 1.01) << name << " " << x;
            EXPECT_NEAR(pixel(frame, x, 7)[2], 50 * alpha, 1.01) << name << " " << x;
        }
    }
}

TEST_F(Picture, EveryDepthAndColourBecomesEightBitsOfRgb) {
    const Frame deep = read_picture(fixture("deep.png"));
    const Frame sixteen = read_picture(fixture("sixteen.png"));
    for (int y = 0; y < 16; ++y) {
        for (int x = 0; x < 16; ++x) {
            EXPECT_NEAR(pixel(deep, x, y)[0], x * 17, 1) << x << " " << y;
            EXPECT_NEAR(pixel(deep, x, y)[1], y * 17, 1) << x << " " << y;
            EXPECT_NEAR(pixel(deep, x, y)[2], (x + y) * 8, 1) << x << " " << y;
            EXPECT_NEAR(pixel(sixteen, x, y)[1], y * 16 + x, 1) << x << " " << y;
        }
    }
    EXPECT_EQ(pixel(read_picture(fixture("grey.png")), 3, 3), (std::array<int, 3>{77, 77, 77}));
    const Frame cmyk = read_picture(fixture("cmyk.jpg"));
    EXPECT_NEAR(pixel(cmyk, 8, 8)[0], 255, 6);
    EXPECT_NEAR(pixel(cmyk, 8, 8)[1], 127, 6);
    EXPECT_NEAR(pixel(cmyk, 8, 8)[2], 0, 6);
    const auto grey = pixel(read_picture(fixture("grey.jpg")), 6, 4);
    EXPECT_NEAR(grey[0], 0.299 * 230 + 0.587 * 30 + 0.114 * 20, 4) << "full range";
    EXPECT_EQ(grey[0], grey[2]);
}

TEST_F(Picture, OfAClipTheFirstAndTheLastFramesAreThere) {
    for (const char* name : {"clip.mp4", "clip.mkv", "clip.gif", "clip.webp"}) {
        const fs::path file = export_clip(folder_ / name, 96, 64, 30).path;
        EXPECT_GT(psnr(read_picture(file), scene(96, 64, 0)), 26) << name;
        const std::vector<Frame> last = read_last_frames(file, 3);
        ASSERT_EQ(last.size(), 3U) << name;
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(last[static_cast<std::size_t>(i)].index, 27 + i) << name;
            EXPECT_GT(psnr(last[static_cast<std::size_t>(i)], scene(96, 64, 27 + i)), 26) << name << " " << i;
        }
        EXPECT_EQ(read_last_frames(file, 100).size(), 30U) << name;
    }
    EXPECT_EQ(read_last_frames(fixture("grey.png"), 5).size(), 1U);
}

// tkhd holds the matrix, nine big-endian numbers, 40 bytes after its name (ISO/IEC 14496-12, 8.3.2).
TEST_F(Picture, AClipOfATelephoneHeldUprightStandsUpright) {
    std::string bytes = bytes_of(export_clip(folder_ / "clip.mp4", 96, 64, 2).path);
    const std::size_t matrix = bytes.find("tkhd") + 4 + 40;
    const std::string one = big_endian32(1 << 16);
    const std::string minus_one = big_endian32(0xFFFF0000U);
    const std::string none = big_endian32(0);
    ASSERT_EQ(bytes.substr(matrix, 20), one + none + none + none + one) << "not where the matrix is";
    bytes.replace(matrix, 20, none + one + none + minus_one + none); // a quarter with the clock
    const Frame upright = read_picture(file_with("turned.mp4", bytes));
    const Frame stored = read_picture(folder_ / "clip.mp4");
    ASSERT_EQ(upright.width, 64);
    ASSERT_EQ(upright.height, 96);
    EXPECT_EQ(pixel(upright, 63, 0), pixel(stored, 0, 0));
    EXPECT_EQ(pixel(upright, 0, 0), pixel(stored, 0, 63));
    EXPECT_EQ(pixel(upright, 63, 95), pixel(stored, 95, 0));
}

/// A PNG's header alone: what it claims is enough to be refused.
std::string png_claiming(std::uint32_t width, std::uint32_t height) {
    return "\x89PNG\r\n\x1A\n" + big_endian32(13) + "IHDR" + big_endian32(width) + big_endian32(height) +
           std::string("\x08\x02\0\0\0\0\0\0\0", 9);
}

TEST_F(Picture, WhatIsTooLargeIsRefusedBeforeItIsDecoded) {
    for (const auto& [width, height] :
         {std::pair(20'000U, 16U), std::pair(16U, 20'000U), std::pair(16'000U, 16'000U)}) {
        const Error error = error_of([&, width = width, height = height] {
            read_picture(file_with("large.png", png_claiming(width, height)));
        });
        EXPECT_EQ(error.kind(), ErrorKind::user);
        EXPECT_THAT(
            error.what(), HasSubstr("too large: " + std::to_string(width) + "x" + std::to_string(height))
        );
        EXPECT_FALSE(error.hint().empty());
    }
}

TEST_F(Picture, WhatIsNoPictureIsOneSentence) {
    const std::string png = bytes_of(fixture("turned-1.png"));
    const std::string heic =
        big_endian32(24) + "ftypheic" + std::string(4, '\0') + "mif1heic" + std::string(200, 'x');
    for (const auto& [file, says] : std::vector<std::pair<fs::path, std::string>>{
             {folder_ / "none.png", "There is no picture"},
             {folder_, "There is no picture"},
             {file_with("empty.png", ""), "empty.png"},
             {file_with("text.jpg", "this is no picture"), "text.jpg"},
             {file_with("cut.png", png.substr(0, 60)), "cut.png"},
             {file_with("cut.jpg", bytes_of(fixture("turned-1.jpg")).substr(0, 100)), "cut.jpg"},
             {file_with("cut.webp", bytes_of(fixture("turned-1.webp")).substr(0, 40)), "cut.webp"},
             {file_with("photo.heic", heic), "HEIC"},
         }) {
        const Error error = error_of([&, file = file] { read_picture(file); });
        EXPECT_EQ(error.kind(), ErrorKind::user) << file;
        EXPECT_THAT(error.what(), HasSubstr(says));
    }
}

TEST_F(Picture, ADirectoryOfTagsThatNeverEndsDoes) {
    // An IFD of 65,535 entries, none of them there; one that lies behind the end; one in no byte order.
    const std::string start = std::string("\xFF\xD8\xFF\xE1", 4);
    for (const std::string& tiff :
         {std::string("II*\0\x08\0\0\0\xFF\xFF", 10),
          std::string("MM\0*\xFF\xFF\xFF\xF0", 8),
          std::string("XX*\0", 4)}) {
        const std::string exif = std::string("Exif\0\0", 6) + tiff;
        const auto size = static_cast<char>(exif.size() + 2);
        const PictureHeader header = read_picture_header(start + '\0' + size + exif);
        EXPECT_EQ(header.turn, Turn{});
    }
    for (const char* const start_only : {"RIFF", "\x89PNG\r\n\x1A\n", "\xFF\xD8\xFF", ""}) {
        EXPECT_EQ(read_picture_header(start_only).width, 0);
    }
    EXPECT_EQ(exif_turn(0), Turn{});
    EXPECT_EQ(exif_turn(9), Turn{});
    EXPECT_EQ(exif_turn(6) * exif_turn(8), Turn{});
}

// Bytes changed, cut, doubled: nothing but an Error may come out.
TEST_F(Picture, MutatedFilesNeverCrashTheReader) {
    std::mt19937 random(20'261'125);
    for (const char* name :
         {"turned-6.jpg", "turned-5.png", "turned-7.webp", "turned.avif", "progressive.jpg"}) {
        const std::string whole = bytes_of(fixture(name));
        for (int round = 0; round < 150; ++round) {
            std::string bytes = whole;
            for (int change = 0; change < 1 + round % 5; ++change) {
                bytes[random() % bytes.size()] = static_cast<char>(random());
            }
            if (round % 3 == 0) {
                bytes.resize(random() % bytes.size());
            }
            try {
                read_picture(file_with("mutated", bytes));
            } catch (const Error& error) {
                EXPECT_NE(error.kind(), ErrorKind::bug) << error.what();
            }
        }
    }
}

} // namespace
} // namespace rushes
