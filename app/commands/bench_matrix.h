// `rushes bench --matrix`: one clip of every combination of models, sizes, steps, number formats and
// decoders.
#pragma once

#include "command_line.h"
#include "commands/bench_measured.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <vector>

namespace rushes {

struct MatrixRow {
    std::string model;
    int width = 0;
    int height = 0;
    int frames = 0;
    int steps = 0;
    std::string dtype;
    std::string decoder; ///< full | fast
    BenchFigures figures;
    double ms_a_step = 0;  ///< median, as the next one
    double ms_a_frame = 0; ///< of decoding
    /// Foretold, in bytes: what stays, what the phases take beside it, and the peak of all.
    double resident_bytes = 0;
    double denoise_bytes = 0;
    double decode_bytes = 0;
    double peak_bytes = 0;
    double counted_bytes = 0; ///< peak of the process, or of the graphics card
    std::string problem;      ///< why there are no figures
};

struct MatrixResult {
    std::string machine;
    std::string device;
    std::vector<MatrixRow> rows;
};

/// What cannot be made is a row with its problem. Throws Error for a matrix of nothing, or Stopped.
MatrixResult run_bench_matrix(const BenchCommand& command, const std::stop_token& stop);

/// A table in Markdown.
std::string table_of(const MatrixResult& result);
nlohmann::ordered_json json_of(const MatrixResult& result);

} // namespace rushes
