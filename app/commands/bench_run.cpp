#include "commands/bench_run.h"

#include "commands/child.h"
#include "commands/machine.h"
#include "commands/request.h"
#include "commands/terminal.h"
#include "media/clip_reader.h"
#include "media/quality.h"
#include "metrics/percentiles.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace rushes {
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t frames_buffered = 5; ///< before the simulated player starts
constexpr double short_clip = 3;           ///< seconds
constexpr double long_clip = 30;
constexpr std::size_t whole_clip_bytes = std::size_t{2} << 30;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A folder for the files of a bench, removed with everything in it.
class ScratchFolder {
public:
    ScratchFolder() : path_(fs::temp_directory_path() / ("rushes-bench-" + std::to_string(::getpid()))) {
        fs::create_directories(path_);
    }

    ~ScratchFolder() {
        std::error_code error;
        fs::remove_all(path_, error);
    }

    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    fs::path file(const std::string& name) const { return path_ / name; }

private:
    fs::path path_;
};

GenerateCommand generate_of(const BenchCommand& bench) {
    GenerateCommand command;
    if (!bench.model.empty()) {
        command.model = bench.model;
    }
    command.given.set("dtype", bench.dtype);
    command.given.set("seed", "1");
    return command;
}

std::string prompt_for(const ModelInfo& model) {
    return model.examples.empty() ? "a red ball bounces over the sea" : model.examples.front();
}

/// One measured job: engine, encoder and everything between, as `rushes generate` runs it.
class Measured {
public:
    /// `kept_bytes`: of frames for add_quality_to().
    Measured(Engine& engine, const Plan& plan, fs::path file, std::size_t kept_bytes = 1) : engine_(engine) {
        request_.plan = plan;
        request_.output = std::move(file);
        request_.store_bytes = kept_bytes;
    }

    /// Seconds of the run alone, with or without previews.
    double run(bool previews, std::stop_token stop) {
        arrivals_.clear();
        store_ = std::make_unique<FrameStore>(request_.store_bytes);
        const auto start = Clock::now();
        JobObserver observer;
        observer.frames_ready = [&](std::int64_t) { arrivals_.push_back(seconds_since(start)); };
        observer.progress = [](const Progress&) {};
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

    void add_to(BenchFigures& figures) const {
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

    /// Of the picture, not of the time: how still the frames stand and what the file keeps of them.
    void add_quality_to(BenchFigures& figures) const {
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

private:
    Engine& engine_;
    JobRequest request_;
    std::unique_ptr<FrameStore> store_; ///< of the last run
    std::vector<double> arrivals_;
    RunReport report_;
    ExportResult result_;
    double seconds_ = 0;
    double encode_seconds_ = 0;
};

/// What previews cost as a share of the run: groups of runs in the order with, without, without, with, so
/// that a machine that slowly gets faster or slower does not look like a difference. The text is cached in
/// all of them.
double preview_cost(Measured& measured, int groups, const std::stop_token& stop) {
    std::vector<double> costs;
    for (int i = 0; i < groups; ++i) {
        const double first = measured.run(true, stop);
        const double second = measured.run(false, stop);
        const double third = measured.run(false, stop);
        const double fourth = measured.run(true, stop);
        costs.push_back((first + fourth) / (second + third) - 1);
    }
    return percentile(costs, 50);
}

/// Peak memory of a process of its own that makes a clip of so many seconds.
double
peak_memory(const BenchCommand& bench, const std::string& prompt, double seconds, const fs::path& file) {
    std::vector<std::string> arguments{
        "generate", prompt, "--json", "--no-library", "--seed", "1", "--device", bench.device
    };
    arguments.insert(
        arguments.end(), {"--dtype", bench.dtype, "--duration", fixed(seconds, 0), "--output", file.string()}
    );
    if (!bench.model.empty()) {
        arguments.insert(arguments.end(), {"--model", bench.model});
    }
    if (bench.threads > 0) {
        arguments.insert(arguments.end(), {"--threads", std::to_string(bench.threads)});
    }
    const ChildResult child = run_self(arguments);
    const std::size_t last_line =
        child.output.rfind("\n{", child.output.size() - std::min<std::size_t>(2, child.output.size()));
    const auto end = nlohmann::json::parse(
        child.output.substr(last_line == std::string::npos ? 0 : last_line + 1),
        nullptr,
        /*allow_exceptions=*/false
    );
    if (child.exit_code != exit_ok || !end.is_object() || !end.contains("report")) {
        throw Error(
            ErrorKind::resource,
            "The clip of " + fixed(seconds, 0) + " s for the memory figure could not be made."
        );
    }
    return end["report"].value("peak_memory_bytes", 0.0);
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

BenchResult run_bench_plan(const BenchCommand& command, std::stop_token stop) {
    const ScratchFolder scratch;
    BenchResult result;
    result.machine = machine_name();
    for (int i = 0; i < command.runs; ++i) {
        result.figures.add("help_seconds", run_self({"--help"}).seconds);
    }

    GenerateCommand generate = generate_of(command);
    const ModelInfo model = model_of(generate, Recipe());
    generate.given.set("prompt", prompt_for(model));

    const auto begin = Clock::now();
    const auto engine =
        load_engine({.device = command.device, .threads = command.threads, .background = false});
    result.figures.add("engine_load_seconds", seconds_since(begin));
    const DeviceInfo device = engine->device();
    result.device = device.name;
    if (!device.note.empty()) {
        say("Note: " + device.note);
    }
    result.plan = plan_of(generate, recipe_of(generate), model, load_options_for(device));
    engine->preload(model, result.plan.recipe.dtype, stop);
    result.figures.add("engine_ready_seconds", seconds_since(begin));

    Measured measured(*engine, result.plan, scratch.file("clip.mp4"));
    say("Warming up ...");
    measured.run(true, stop);
    for (int i = 0; i < command.runs; ++i) {
        say("Run " + std::to_string(i + 1) + " of " + std::to_string(command.runs) + " ...");
        // A new seed and prompt each time: nothing that a person would wait for comes from a cache.
        Plan plan = result.plan;
        plan.recipe.seed = plan.passes.back().seed = static_cast<std::uint64_t>(i) + 2;
        plan.recipe.prompt += std::string(static_cast<std::size_t>(i) + 1, ' ') + ".";
        Measured fresh(*engine, plan, scratch.file("clip.mp4"));
        fresh.run(true, stop);
        fresh.add_to(result.figures);
    }
    Measured looked_at(*engine, result.plan, scratch.file("clip.mp4"), whole_clip_bytes);
    looked_at.run(false, stop);
    looked_at.add_quality_to(result.figures);
    say("Measuring what previews cost ...");
    result.preview_cost = preview_cost(measured, std::max(3, (command.runs + 1) / 2), stop);
    const bool long_enough =
        model.lattice.max_frames == 0 || model.lattice.max_frames >= long_clip * model.frame_rate.fps();
    if (!command.no_memory && long_enough) {
        say("Comparing the memory of a 3 s and a 30 s clip ...");
        const std::string prompt = prompt_for(model);
        result.memory_short = peak_memory(command, prompt, short_clip, scratch.file("short.mp4"));
        throw_if_stopped(stop);
        result.memory_long = peak_memory(command, prompt, long_clip, scratch.file("long.mp4"));
        result.has_memory = true;
    }
    return result;
}

} // namespace rushes
