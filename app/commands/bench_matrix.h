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

/// Peaks of a phase, with the weights that stay and what the libraries take.
struct MatrixBytes {
    double foretold = 0;
    double counted = 0; ///< of the process, or of the graphics card
};

struct MatrixRow {
    std::string model;
    int width = 0;
    int height = 0;
    int frames = 0;
    int steps = 0;
    double guidance_scale = 1;
    std::string dtype;
    std::string decoder; ///< full | fast
    BenchFigures figures;
    double ms_a_step = 0;         ///< median, as the next one
    double ms_a_frame = 0;        ///< of decoding
    double operators_a_step = 0;  ///< PhaseReport::operators, as the next one
    double operators_a_frame = 0; ///< of decoding
    MatrixBytes text, denoise, decode, whole;
    std::string how;     ///< a plan in less of a card's memory: where the denoiser lies, how it is decoded
    std::string problem; ///< why there are no figures
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
