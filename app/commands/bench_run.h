// What `rushes bench` measures.
#pragma once

#include "command_line.h"
#include "commands/bench_measured.h"

#include <stop_token>
#include <string>

namespace rushes {

struct BenchResult {
    std::string machine; ///< processor, cores, system
    std::string device;
    Plan plan;
    BenchFigures figures;    ///< of each run
    double preview_cost = 0; ///< share of the run that previews cost, from A-B-B-A
    double memory_short = 0; ///< peak bytes of the process for a clip of 3 s; 0: not measured
    double memory_long = 0;  ///< for one of 30 s
    bool has_memory = false;
};

/// What the built-in model knows, or the model itself offers.
std::string bench_prompt(const ModelInfo& model);

/// Throws Error, or Stopped on Ctrl+C.
BenchResult run_bench_plan(const BenchCommand& command, std::stop_token stop);

} // namespace rushes
