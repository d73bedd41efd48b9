// A folder of its own, frames to encode, and FFmpeg's command-line tools as the independent witness.
#pragma once

#include "base/error.h"
#include "media/clip_reader.h"
#include "media/encoder.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace rushes::testing {

namespace fs = std::filesystem;

inline const std::string example_recipe =
    R"({"schema_version":1,"prompt":"a <red> \"ball\" & the sea \u00e9\n","seed":42,"model":"demo"})";

class MediaTest : public ::testing::Test {
protected:
    void SetUp() override {
        const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
        folder_ = fs::temp_directory_path() / ("rushes media " + name + std::to_string(::getpid()));
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    void TearDown() override { fs::remove_all(folder_); }

    /// Names in the folder, hidden ones too.
    int entries() const {
        return static_cast<int>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }

    fs::path folder_;
};

/// A disc that moves over a gradient: smooth and sharp parts, all channels different.
inline Frame scene(int width, int height, int index) {
    Frame frame{width, height, index, {}};
    frame.rgb.reserve(static_cast<std::size_t>(width * height * 3));
    const double centre_x = width * (0.2 + 0.6 * (index % 24) / 24.0);
    const double radius = height * 0.25;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const double distance = std::hypot(x - centre_x, y - height * 0.5);
            const bool inside = distance < radius;
            frame.rgb.push_back(static_cast<std::uint8_t>(inside ? 220 : 40 + 120 * x / width));
            frame.rgb.push_back(static_cast<std::uint8_t>(inside ? 60 : 60 + 130 * y / height));
            frame.rgb.push_back(static_cast<std::uint8_t>(inside ? 40 : 200 - 100 * x / width));
        }
    }
    return frame;
}

/// No two bytes follow from their neighbours: what is not lossless cannot get through.
inline Frame noise(int width, int height, int index) {
    Frame frame{width, height, index, {}};
    std::uint32_t state = 12345U + static_cast<std::uint32_t>(index);
    for (int i = 0; i < width * height * 3; ++i) {
        state = state * 1664525U + 1013904223U;
        frame.rgb.push_back(static_cast<std::uint8_t>(state >> 24));
    }
    return frame;
}

inline Frame plain(int width, int height, std::array<std::uint8_t, 3> colour) {
    Frame frame{width, height, 0, {}};
    for (int i = 0; i < width * height; ++i) {
        frame.rgb.insert(frame.rgb.end(), colour.begin(), colour.end());
    }
    return frame;
}

using Maker = std::function<Frame(int, int, int)>;

inline ExportResult export_clip(
    const fs::path& target,
    int width,
    int height,
    int frames,
    ExportSettings settings = {},
    FrameRate rate = {12, 1},
    const Maker& make = scene
) {
    const auto encoder = Encoder::open(target, width, height, rate, settings, example_recipe);
    for (int i = 0; i < frames; ++i) {
        encoder->write(make(width, height, i));
    }
    return encoder->finish();
}

inline double psnr(const Frame& a, const Frame& b) {
    if (a.rgb.size() != b.rgb.size()) {
        return 0;
    }
    double sum = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) {
        const double d = static_cast<double>(a.rgb[i]) - b.rgb[i];
        sum += d * d;
    }
    return sum == 0 ? 99 : 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.rgb.size()) / sum);
}

inline std::array<int, 3> pixel(const Frame& frame, int x, int y) {
    const auto at = static_cast<std::size_t>(y * frame.width + x) * 3;
    return {frame.rgb.at(at), frame.rgb.at(at + 1), frame.rgb.at(at + 2)};
}

struct CommandResult {
    int status = -1;
    std::string output;
};

inline CommandResult run_command(const std::string& command) {
    CommandResult result;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) {
        return result;
    }
    std::array<char, 4096> buffer{};
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
        result.output.append(buffer.data(), count);
    }
    result.status = ::pclose(pipe);
    return result;
}

inline std::string quoted(const fs::path& path) {
    return "'" + path.string() + "'";
}

inline bool has_ffmpeg_tools() {
    return run_command("ffprobe -version 2>/dev/null").status == 0 &&
           run_command("ffmpeg -version 2>/dev/null").status == 0;
}

inline std::string ffprobe(const fs::path& file, const std::string& entries) {
    return run_command(
               "ffprobe -v error -count_packets -select_streams v:0 -show_entries " + entries +
               " -of default=noprint_wrappers=1 " + quoted(file)
    )
        .output;
}

/// One frame as the ffmpeg program decodes it.
inline Frame ffmpeg_frame(const fs::path& file, int width, int height) {
    const auto raw = run_command(
        "ffmpeg -v error -i " + quoted(file) +
        " -frames:v 1 -sws_flags accurate_rnd+full_chroma_int -f rawvideo -pix_fmt rgb24 - "
    );
    Frame frame{width, height, 0, {}};
    frame.rgb.assign(raw.output.begin(), raw.output.end());
    return frame;
}

/// The error that `action` throws; a failure of the test when it throws none.
inline Error error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no error was thrown";
    return {ErrorKind::bug, ""};
}

} // namespace rushes::testing
