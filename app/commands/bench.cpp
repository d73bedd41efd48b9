// rushes bench
#include "commands/bench_matrix.h"
#include "commands/bench_run.h"
#include "commands/interrupt.h"
#include "commands/run_command.h"
#include "commands/terminal.h"
#include "metrics/percentiles.h"

#include <nlohmann/json.hpp>

namespace rushes {
namespace {

using Json = nlohmann::ordered_json;

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

std::string table(const BenchResult& result) {
    const Pass& pass = result.plan.passes.back();
    std::string text = "machine  " + result.machine + "\n" + "device   " + result.device + "\n" +
                       "clip     " + result.plan.model.id + ", " + std::to_string(pass.width) + "x" +
                       std::to_string(pass.height) + ", " + std::to_string(pass.frames) + " frames, " +
                       std::to_string(pass.steps) + " steps, " + result.plan.recipe.dtype + "\n\n";
    text += padded("", 30) + padded("P50", 10) + padded("P95", 10) + "runs\n";
    for (const auto& [name, values] : result.figures.rows) {
        const Spread spread = spread_of(values);
        text += padded(name, 30) + padded(fixed(spread.p50, 3), 10) + padded(fixed(spread.p95, 3), 10) +
                std::to_string(values.size()) + "\n";
    }
    text += padded("preview_cost_percent", 30) + fixed(result.preview_cost * 100, 2) + "\n";
    if (result.has_memory) {
        text += padded("memory_3s_megabytes", 30) + fixed(result.memory_short / 1e6, 0) + "\n";
        text += padded("memory_30s_megabytes", 30) + fixed(result.memory_long / 1e6, 0) + "\n";
        text += padded("memory_30s_to_3s_percent", 30) +
                fixed((result.memory_long / result.memory_short - 1) * 100, 1) + "\n";
    }
    return text;
}

Json json_of(const BenchResult& result) {
    Json figures = Json::object();
    for (const auto& [name, values] : result.figures.rows) {
        const Spread spread = spread_of(values);
        figures[name] = {{"p50", spread.p50}, {"p95", spread.p95}, {"values", values}};
    }
    const Pass& pass = result.plan.passes.back();
    Json json{
        {"machine", result.machine},
        {"device", result.device},
        {"program_version", RUSHES_VERSION},
        {"model", result.plan.model.id},
        {"model_hash", result.plan.model.hash},
        {"dtype", result.plan.recipe.dtype},
        {"width", pass.width},
        {"height", pass.height},
        {"frames", pass.frames},
        {"frame_rate", result.plan.recipe.frame_rate.fps()},
        {"steps", pass.steps},
        {"figures", figures},
        {"preview_cost", result.preview_cost},
    };
    if (result.has_memory) {
        json["memory_3s_bytes"] = result.memory_short;
        json["memory_30s_bytes"] = result.memory_long;
    }
    return json;
}

} // namespace

int run_bench(const BenchCommand& command) {
    InterruptWatch interrupt;
    if (command.matrix) {
        const MatrixResult result = run_bench_matrix(command, interrupt.token());
        print(command.json ? json_of(result).dump(2) + "\n" : table_of(result));
        return exit_ok;
    }
    const BenchResult result = run_bench_plan(command, interrupt.token());
    print(command.json ? json_of(result).dump(2) + "\n" : table(result));
    return exit_ok;
}

} // namespace rushes
