// How long export takes beside generation: the first bytes on the disk, a frame, the end.
//   build/release/bench/encoder_bench
#include "media/encoder.h"

#include <benchmark/benchmark.h>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

/// A gradient with a moving bar: most of a generated clip is smooth, something moves.
Frame scene(int width, int height, int index) {
    Frame frame{width, height, index, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const bool bar = (x + index * 3) % width < width / 8;
            frame.rgb.push_back(static_cast<std::uint8_t>(bar ? 230 : 200 * x / width));
            frame.rgb.push_back(static_cast<std::uint8_t>(200 * y / height));
            frame.rgb.push_back(static_cast<std::uint8_t>(bar ? 40 : 120));
        }
    }
    return frame;
}

/// Three seconds at 12 frames a second of a 160x96 clip into `range(0)` x `range(1)` (0: native).
void export_clip(benchmark::State& state, const char* name, Fit fit) {
    ExportSettings settings;
    settings.width = static_cast<int>(state.range(0));
    settings.height = static_cast<int>(state.range(1));
    settings.fit = fit;
    settings.encoder = "libx264";
    std::vector<Frame> frames;
    for (int i = 0; i < 36; ++i) {
        frames.push_back(scene(160, 96, i));
    }
    const fs::path folder =
        fs::temp_directory_path() / ("rushes-encoder-bench-" + std::to_string(::getpid()));
    double first_bytes = 1e9;
    double finish = 1e9;
    for (auto _ : state) {
        const auto encoder =
            Encoder::open(folder / name, 160, 96, {12, 1}, settings, R"({"prompt":"a bar"})");
        for (const Frame& frame : frames) {
            encoder->write(frame);
        }
        const ExportResult result = encoder->finish();
        first_bytes = std::min(first_bytes, result.first_bytes_seconds);
        finish = std::min(finish, result.finish_seconds);
    }
    fs::remove_all(folder);
    state.counters["frames/s"] =
        benchmark::Counter(36.0 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
    state.counters["first_bytes_ms"] = first_bytes * 1e3;
    state.counters["finish_ms"] = finish * 1e3;
}

// Wall time, as encoders have threads of their own.
#define EXPORT(label, name, fit, width, height)                                                              \
    BENCHMARK_CAPTURE(export_clip, label, name, fit)                                                         \
        ->Args({width, height})                                                                              \
        ->Unit(benchmark::kMillisecond)                                                                      \
        ->UseRealTime()

EXPORT(mp4, "clip.mp4", Fit::crop, 0, 0);
EXPORT(mp4_crop, "clip.mp4", Fit::crop, 1080, 1920);
EXPORT(mp4_blur, "clip.mp4", Fit::blur, 1080, 1920);
EXPORT(mkv, "clip.mkv", Fit::crop, 0, 0);
EXPORT(gif, "clip.gif", Fit::crop, 0, 0);
EXPORT(webp, "clip.webp", Fit::crop, 0, 0);

} // namespace
} // namespace rushes

BENCHMARK_MAIN();
