#include "commands/bench_measured.h"

#include "commands/bench_player.h"
#include "media/clip_reader.h"
#include "media/quality.h"
#include "metrics/percentiles.h"

#include <chrono>
#include <unistd.h>

namespace rushes {
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t frames_buffered = 5; ///< before the simulated player starts

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

void BenchFigures::add(const std::string& name, double value) {
    for (auto& [known, values] : rows) {
        if (known == name) {
            values.push_back(value);
            return;
        }
    }
    rows.emplace_back(name, std::vector{value});
}

std::vector<double> BenchFigures::of(const std::string& name) const {
    for (const auto& [known, values] : rows) {
        if (known == name) {
            return values;
        }
    }
    return {};
}

ScratchFolder::ScratchFolder()
    : path_(fs::temp_directory_path() / ("rushes-bench-" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
}

ScratchFolder::~ScratchFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
}

Measured::Measured(Engine& engine, const Plan& plan, fs::path file, std::size_t kept_bytes)
    : engine_(engine) {
    request_.plan = plan;
    request_.output = std::move(file);
    request_.store_bytes = kept_bytes;
}

double Measured::run(bool previews, std::stop_token stop, bool measure) {
    arrivals_.clear();
    store_ = std::make_unique<FrameStore>(request_.store_bytes);
    const auto start = Clock::now();
    JobObserver observer;
    observer.measure = measure;
    observer.frames_ready = [&](std::int64_t) { arrivals_.push_back(seconds_since(start)); };
    steps_ = 0;
    observer.progress = [&](const Progress& progress) {
        if (!progress.draft && progress.phase == Phase::denoising) {
            steps_ = progress.blocks * progress.steps;
        }
    };
    if (previews) {
        observer.preview = [](const Preview&) {};
    }
    const JobResult result = run_job(engine_, request_, *store_, observer, std::move(stop));
    if (const auto* const failed = std::get_if<Failed>(&result.outcome)) {
        throw Error(failed->error);
    }
    if (!std::holds_alternative<Finished>(result.outcome)) {
        throw Stopped{};
    }
    report_ = std::get<Finished>(result.outcome).report;
    result_ = result.clip.value();
    seconds_ = result.seconds;
    encode_seconds_ = result.encode_seconds;
    return report_.total_seconds;
}

void Measured::add_to(BenchFigures& figures) const {
    const PlayerResult player = play(arrivals_, request_.plan.recipe.frame_rate.fps(), frames_buffered);
    const double streaming = arrivals_.back() - arrivals_.front();
    figures.add("text_seconds", report_.text_seconds);
    figures.add("first_preview_seconds", report_.first_preview_seconds);
    figures.add("first_frame_seconds", report_.first_frame_seconds);
    figures.add("denoise_seconds", report_.denoise_seconds);
    figures.add("decode_seconds", report_.decode_seconds);
    figures.add("encode_seconds", encode_seconds_);
    figures.add(
        "preview_work_percent",
        (report_.preview_seconds + report_.preview_cpu_seconds) / report_.total_seconds * 100
    );
    figures.add("first_bytes_seconds", result_.first_bytes_seconds);
    figures.add("file_finish_seconds", result_.finish_seconds);
    figures.add("last_frame_to_file_seconds", seconds_ - arrivals_.back());
    figures.add("total_seconds", seconds_);
    figures.add(
        "frames_per_second", streaming > 0 ? static_cast<double>(arrivals_.size() - 1) / streaming : 0
    );
    figures.add("playback_start_seconds", player.start_seconds);
    figures.add("underruns", player.underruns);
    figures.add("held_seconds", player.held_seconds);
}

void Measured::add_quality_to(BenchFigures& figures) const {
    ClipReader file(result_.path);
    FlickerMeter flicker;
    for (std::int64_t i = 0; i < store_->size(); ++i) {
        const FramePtr frame = store_->get(i);
        const FramePtr kept = file.next();
        if (frame && kept) {
            figures.add("file_ssim", ssim(*frame, *kept));
            flicker.add(frame);
        }
    }
    figures.add("flicker_levels", flicker.value().mean);
}

} // namespace rushes
