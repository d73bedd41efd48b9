// Clips made of clips: which frame of which file makes each frame of the new one, and by what weights.
#pragma once

#include "base/frame.h"
#include "media/clip_reader.h"
#include "media/encoder.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace rushes {

/// How a clip goes round.
enum class Loop {
    none,
    fade, ///< its last frames fade into its first ones, which are left out at the start
    back, ///< forwards, then backwards; neither turning point is shown twice
};

/// A stretch of a clip.
struct ClipPart {
    std::filesystem::path file;
    std::int64_t first = 0;
    std::optional<std::int64_t> last; ///< included; none: to the end

    bool operator==(const ClipPart&) const = default;
};

struct ClipEdit {
    std::vector<ClipPart> parts; ///< one after the other
    Loop loop = Loop::none;
    std::int64_t fade = 0; ///< frames of Loop::fade; 0: usual_fade()
    bool fit = false;      ///< parts of other sizes fill the first one's, cut at the centre; else refused
};

/// A part as it is cut: all of it is there.
struct PartFrames {
    std::int64_t first = 0;
    std::int64_t last = 0; ///< included
    FrameRate rate;
};

struct SourceFrame {
    std::size_t part = 0;
    std::int64_t index = 0; ///< within the part's file

    bool operator==(const SourceFrame&) const = default;
};

/// `share` of `over` laid over `frame`.
struct MixedFrame {
    SourceFrame frame;
    SourceFrame over;
    double share = 0;

    bool operator==(const MixedFrame&) const = default;
};

/// The frames of the parts one after the other, at `rate`: parts of another rate last as long as before, by
/// repeating or leaving out frames.
std::vector<SourceFrame> in_a_row(std::span<const PartFrames> parts, FrameRate rate);

/// Half a second, but never more than a third of the clip, and at least a frame.
std::int64_t usual_fade(std::int64_t frames, FrameRate rate);

/// Throws Error{user} for a clip that is too short to go round this way.
std::vector<MixedFrame> go_round(const std::vector<SourceFrame>& row, Loop loop, std::int64_t fade);

/// Each colour by its share, rounded.
Frame mix(const Frame& frame, const Frame& over, double share);

/// What an edit comes to: its parts cut, the size and rate of the first one, every frame.
struct EditPlan {
    std::vector<PartFrames> parts;
    int width = 0;
    int height = 0;
    FrameRate rate;
    int fitted = 0; ///< parts of another size
    std::vector<MixedFrame> frames;
};

/// Looks into the files. Throws Error{user} for marks outside of a clip, sizes that differ (without `fit`),
/// and what is no clip.
EditPlan plan_edit(const ClipEdit& edit);

/// Decodes, mixes and encodes; the sources stay as they are, sound is left out. Memory does not grow with the
/// clip. `done` is told 0..1 after each frame. Throws what ClipReader and Encoder throw; Stopped.
ExportResult write_edit(
    const ClipEdit& edit,
    const EditPlan& plan,
    const std::filesystem::path& target,
    const ExportSettings& settings,
    const std::string& recipe_json,
    const std::function<void(double share)>& done = {},
    const std::stop_token& stop = {}
);

} // namespace rushes
