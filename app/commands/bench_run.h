// What `rushes bench` measures.
#pragma once

#include "command_line.h"
#include "commands/bench_player.h"
#include "jobs/job.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rushes {

/// Repeated figures by their name, in the order in which they are printed.
struct BenchFigures {
    std::vector<std::pair<std::string, std::vector<double>>> rows;

    void add(const std::string& name, double value);
    std::vector<double> of(const std::string& name) const;
};

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

/// Throws Error, or Stopped on Ctrl+C.
BenchResult run_bench_plan(const BenchCommand& command, std::stop_token stop);

} // namespace rushes
