// What a person at a terminal (one line that changes), in a log (a line now and then) or a program (a JSON
// object a line) sees of a run.
#pragma once

#include "generation/engine.h"

#include <chrono>
#include <mutex>
#include <string>

namespace rushes {

enum class ProgressStyle { terminal, log, json };

class ProgressPrinter {
public:
    explicit ProgressPrinter(ProgressStyle style) : style_(style) {}

    /// From any thread; prints no more often than the style bears.
    void show(const Progress& progress);

    /// Ends the changing line, so that what follows begins on a line of its own.
    void end();

private:
    void draw(const std::string& line);

    const ProgressStyle style_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point drawn_{};
    std::string phase_; ///< last one shown
    int tenths_ = -1;   ///< of the fraction, last ones shown in a log
    bool open_ = false; ///< a changing line is on the terminal
};

/// "Step 3 of 20", "Block 5 of 7, step 2 of 4", "Loading model": the phase in words.
std::string phase_in_words(const Progress& progress);

/// Phase, bar, frames a second, time left, in at most `columns` columns.
std::string progress_line(const Progress& progress, int columns);

/// One JSON object: {"event": "progress", ...} (docs/command-line.md).
std::string progress_event(const Progress& progress);

} // namespace rushes
