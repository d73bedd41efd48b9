#include "commands/progress_printer.h"

#include "commands/terminal.h"
#include "jobs/progress_json.h"
#include "metrics/speed_book.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

constexpr auto redraw_pause = std::chrono::milliseconds(80);
constexpr int bar_width = 24;

std::string of(int number, int total) {
    return std::to_string(number) + " of " + std::to_string(total);
}

/// Whole blocks for what is done of the plan.
std::string bar_of(double fraction) {
    const int full = std::clamp(static_cast<int>(std::lround(fraction * bar_width)), 0, bar_width);
    std::string bar;
    for (int i = 0; i < bar_width; ++i) {
        bar += i < full ? "█" : "░";
    }
    return bar;
}

} // namespace

std::string phase_in_words(const Progress& progress) {
    const std::string draft = progress.draft ? "Draft, " : "";
    switch (progress.phase) {
    case Phase::loading:
        return "Loading model";
    case Phase::text:
        return "Reading prompt" + (progress.text_read > 0
                                       ? " " + std::to_string(std::lround(progress.text_read * 100)) + " %"
                                       : "");
    case Phase::encoding:
        return draft + (progress.draft ? "reading pictures " : "Reading pictures ") +
               std::to_string(std::lround(progress.encoded * 100)) + " %";
    case Phase::finishing:
        return "Writing file";
    case Phase::denoising:
        if (progress.blocks > 1) {
            return draft + (progress.draft ? "block " : "Block ") + of(progress.block, progress.blocks);
        }
        return draft + (progress.draft ? "step " : "Step ") + of(progress.step, progress.steps);
    case Phase::decoding:
        if (progress.blocks > 1) {
            return draft + (progress.draft ? "block " : "Block ") + of(progress.block, progress.blocks);
        }
        return draft + (progress.draft ? "decoding" : "Decoding");
    }
    return "";
}

std::string progress_line(const Progress& progress, int columns) {
    std::string phase = phase_in_words(progress);
    phase.resize(std::max<std::size_t>(phase.size(), 20), ' ');
    std::string facts;
    if (progress.frames_total > 0) {
        facts += "  " + of(progress.frames_done, progress.frames_total) + " frames";
    }
    if (progress.frame_rate > 0) {
        facts += "  " + fixed(progress.frame_rate, 1) + " frames/s";
    }
    if (progress.seconds_left >= 0 && progress.phase != Phase::finishing) {
        facts += "  " + about_seconds(progress.seconds_left) + " left";
    }
    const std::string percent = std::to_string(static_cast<int>(progress.fraction * 100)) + " %";
    const bool roomy = static_cast<int>(phase.size() + facts.size()) + bar_width + 8 < columns;
    const std::string line = phase + (roomy ? " " + bar_of(progress.fraction) : "") + " " + percent + facts;
    // Cut on a narrow terminal; the bar's characters take three bytes each and are not there then.
    return roomy ? line : line.substr(0, static_cast<std::size_t>(std::max(1, columns - 1)));
}

std::string progress_event(const Progress& progress) {
    nlohmann::ordered_json json{{"event", "progress"}};
    json.update(progress_json(progress));
    return json.dump();
}

void ProgressPrinter::show(const Progress& progress) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    switch (style_) {
    case ProgressStyle::json:
        print(progress_event(progress) + "\n");
        return;
    case ProgressStyle::terminal:
        if (now - drawn_ >= redraw_pause || progress.phase == Phase::finishing) {
            drawn_ = now;
            draw(progress_line(progress, terminal_columns()));
        }
        return;
    case ProgressStyle::log:
        break;
    }
    // A log gets a line when a tenth more is done, or when what comes before and after the frames begins.
    const bool framing = progress.phase == Phase::denoising || progress.phase == Phase::decoding;
    const std::string phase = framing ? (progress.draft ? "draft" : "final") : phase_in_words(progress);
    const int tenths = static_cast<int>(progress.fraction * 10);
    if (phase != phase_ || (framing && tenths != tenths_)) {
        phase_ = phase;
        tenths_ = tenths;
        say(framing ? progress_line(progress, 200) : phase);
    }
}

void ProgressPrinter::end() {
    const std::lock_guard lock(mutex_);
    if (open_) {
        std::fputs("\r\x1b[K", stderr);
        open_ = false;
    }
}

void ProgressPrinter::draw(const std::string& line) {
    std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
    std::fflush(stderr);
    open_ = true;
}

} // namespace rushes
