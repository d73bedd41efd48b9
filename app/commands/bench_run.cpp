#include "commands/bench_run.h"

#include "commands/child.h"
#include "commands/machine.h"
#include "commands/request.h"
#include "commands/terminal.h"
#include "metrics/percentiles.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace rushes {
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

constexpr double short_clip = 3; ///< seconds
constexpr double long_clip = 30;
constexpr std::size_t whole_clip_bytes = std::size_t{2} << 30;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

GenerateCommand generate_of(const BenchCommand& bench) {
    GenerateCommand command;
    if (!bench.model.empty()) {
        command.model = bench.model;
    }
    command.given.set("dtype", bench.dtype);
    command.given.set("seed", "1");
    return command;
}

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

std::string bench_prompt(const ModelInfo& model) {
    return model.examples.empty() ? "a red ball bounces over the sea" : model.examples.front();
}

BenchResult run_bench_plan(const BenchCommand& command, std::stop_token stop) {
    const int runs = command.runs > 0 ? command.runs : 5;
    const ScratchFolder scratch;
    BenchResult result;
    result.machine = machine_name();
    for (int i = 0; i < runs; ++i) {
        result.figures.add("help_seconds", run_self({"--help"}).seconds);
    }

    GenerateCommand generate = generate_of(command);
    const ModelInfo model = model_of(generate, Recipe());
    generate.given.set("prompt", bench_prompt(model));

    const auto begin = Clock::now();
    const auto engine =
        load_engine({.device = command.device, .threads = command.threads, .memory = command.vram});
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
    for (int i = 0; i < runs; ++i) {
        say("Run " + std::to_string(i + 1) + " of " + std::to_string(runs) + " ...");
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
    result.preview_cost = preview_cost(measured, std::max(3, (runs + 1) / 2), stop);
    const bool long_enough =
        model.lattice.max_frames == 0 || model.lattice.max_frames >= long_clip * model.frame_rate.fps();
    if (!command.no_memory && long_enough) {
        say("Comparing the memory of a 3 s and a 30 s clip ...");
        const std::string prompt = bench_prompt(model);
        result.memory_short = peak_memory(command, prompt, short_clip, scratch.file("short.mp4"));
        throw_if_stopped(stop);
        result.memory_long = peak_memory(command, prompt, long_clip, scratch.file("long.mp4"));
        result.has_memory = true;
    }
    return result;
}

} // namespace rushes
