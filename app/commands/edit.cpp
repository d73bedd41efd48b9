// rushes edit CLIP... -o FILE
#include "base/error.h"
#include "commands/interrupt.h"
#include "commands/remember.h"
#include "commands/run_command.h"
#include "commands/terminal.h"
#include "jobs/edited_clip.h"
#include "jobs/unfinished.h"

#include <charconv>
#include <cmath>

namespace rushes {
namespace {

namespace fs = std::filesystem;

struct Seconds {
    double from = 0;
    std::optional<double> to;
};

/// "0.5-2" or "0.5-"; nothing for another text.
std::optional<Seconds> seconds_in(const std::string& text) {
    Seconds seconds;
    const char* const end = text.data() + text.size();
    const auto from = std::from_chars(text.data(), end, seconds.from);
    if (from.ec != std::errc() || from.ptr == end || *from.ptr != '-' || !(seconds.from >= 0)) {
        return std::nullopt;
    }
    if (from.ptr + 1 == end) {
        return seconds;
    }
    double to = 0;
    const auto read = std::from_chars(from.ptr + 1, end, to);
    if (read.ec != std::errc() || read.ptr != end) {
        return std::nullopt;
    }
    seconds.to = to;
    return seconds;
}

std::int64_t frame_at(double seconds, double rate) {
    return std::llround(std::min(seconds, 1e6) * rate);
}

/// "ball.mp4" or "ball.mp4:0.5-2". A name may hold colons: what is there under the whole name is the clip.
ClipPart part_of(const std::string& text) {
    std::error_code none;
    const std::size_t colon = text.rfind(':');
    const auto seconds = colon == std::string::npos || fs::exists(text, none)
                             ? std::nullopt
                             : seconds_in(text.substr(colon + 1));
    if (!seconds) {
        return {text, 0, {}};
    }
    ClipPart part{text.substr(0, colon), 0, {}};
    const double rate = ClipReader(part.file).facts().rate.fps();
    part.first = frame_at(seconds->from, rate);
    if (seconds->to) {
        part.last = frame_at(*seconds->to, rate) - 1;
        if (*part.last < part.first) {
            throw Error(
                ErrorKind::user,
                "'" + text.substr(colon + 1) + "' is no part of a clip: it ends before it begins.",
                "Give the seconds from where to where, for example :0.5-2."
            );
        }
    }
    return part;
}

ClipEdit edit_of(const EditCommand& command) {
    ClipEdit edit;
    for (const std::string& text : command.parts) {
        edit.parts.push_back(part_of(text));
    }
    edit.loop = command.loop == "fade" ? Loop::fade : command.loop == "back" ? Loop::back : Loop::none;
    edit.fit = command.fit;
    if (command.fade_seconds > 0) {
        if (edit.loop != Loop::fade) {
            throw Error(ErrorKind::user, "--fade says how long --loop fade takes.", "Give both, or neither.");
        }
        const double rate = ClipReader(edit.parts.front().file).facts().rate.fps();
        edit.fade = std::max<std::int64_t>(1, frame_at(command.fade_seconds, rate));
    }
    return edit;
}

} // namespace

int run_edit(const EditCommand& command) {
    InterruptWatch interrupt;
    const ClipEdit edit = edit_of(command);
    const fs::path target =
        command.output.empty() ? edit_target(edit, edit.parts.front().file.parent_path()) : command.output;
    const EditedFile made = edit_clips(edit, target, unfinished_notes(), {}, {}, interrupt.token());
    if (!command.no_library) {
        remember(made.record);
    }
    if (made.fitted > 0) {
        say("Note: " + std::to_string(made.fitted) +
            (made.fitted == 1 ? " clip of another size was cut to the first one's."
                              : " clips of another size were cut to the first one's."));
    }
    const double seconds =
        static_cast<double>(made.record.frames) / std::max(made.record.recipe.frame_rate.fps(), 0.001);
    say(made.record.file.string() + ": " + std::to_string(made.record.frames) + " frames, " +
        fixed(seconds, 1) + " s");
    print(made.record.file.string() + "\n");
    return exit_ok;
}

} // namespace rushes
