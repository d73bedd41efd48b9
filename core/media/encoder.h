// Frames in, a finished file out. Encodes while frames arrive; the file appears under its name when it is
// whole.
#pragma once

#include "base/audio.h"
#include "base/frame.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rushes {

/// How a picture is brought to another shape.
enum class Fit {
    crop, ///< fill, cut what is over (centre)
    pad,  ///< whole picture on black
    blur, ///< whole picture on a blurred, enlarged copy of itself
};

struct ExportSettings {
    int width = 0;  ///< of the file; 0: native
    int height = 0; ///< of the file; 0: native
    Fit fit = Fit::blur;
    int quality =
        18; ///< x264 crf scale, 0..51 (lower is better); NVENC: the cq that matches it; .webp: 0 is lossless
    std::string encoder = "auto"; ///< auto (NVENC when its probe opens, else libx264) | libx264 | h264_nvenc
    bool embed_recipe = true;
};

/// What became of the file, for the person who waits for it.
struct ExportResult {
    std::filesystem::path path; ///< where it is: never an older file overwritten
    std::string encoder;        ///< the one that was used
    std::string note; ///< a visible fall-back (an NVIDIA card without NVENC: used libx264); else empty
    int frames = 0;
    int width = 0;  ///< of the file
    int height = 0; ///< of the file
    double first_bytes_seconds =
        -1;                    ///< from the first write() to playable bytes on disk; -1: format does not grow
    double finish_seconds = 0; ///< what finish() took
};

/// The format follows the name: .mp4 (H.264), .mkv (FFV1, lossless RGB), .gif, .webp, and a picture a
/// frame: .png, .jpg, .avif (name-%04d.png). A plain name.png takes one frame. Missing folders are made.
/// Writes to a hidden neighbour of the target and renames it in finish(); a destroyed encoder that was not
/// finished removes its unfinished file. After a write() that threw (full disk), finish() of an .mp4 still
/// keeps the frames that are on the disk. .mp4 has even sides: an odd native side grows by one pixel that
/// repeats the edge. Throws Error{user} for an unknown format, impossible numbers, an encoder that is asked
/// for by name and does not open, or an unwritable folder; Error{resource} for a full disk.
class Encoder {
public:
    /// `width`, `height`: of the frames that will come. `recipe_json` goes into the file when settings say
    /// so. `sound`: of the samples that will come, for .mp4 (AAC) and .mkv (as they are); the other formats
    /// are silent and say so.
    static std::unique_ptr<Encoder> open(
        const std::filesystem::path& target,
        int width,
        int height,
        FrameRate rate,
        const ExportSettings& settings,
        const std::string& recipe_json,
        std::optional<AudioShape> sound = {}
    );

    virtual ~Encoder() = default;
    virtual void write(const Frame& frame) = 0;

    /// The clip's sound in time order; before or after the frames of the same moment. Throws Error{bug} for
    /// sound that open() was not told of.
    virtual void write(const Audio& audio) = 0;

    /// What finish() writes into the file in place of open()'s recipe, where that was written. Pictures of a
    /// sequence, and an .mp4 that stays fragmented for want of room, have theirs already.
    virtual void set_recipe(const std::string& recipe_json) = 0;

    /// Completes the file; with no frame written there is no file and Error{user} is thrown.
    virtual ExportResult finish() = 0;

    /// The file that grows while frames are written (playable up to the last fragment), for reading frames
    /// back: .mp4, .mkv, .gif (its lossless intermediate), pictures (a pattern). Empty for .webp, and after
    /// finish().
    virtual std::filesystem::path growing_file() const = 0;
};

/// Whether h264_nvenc opens on this machine: tried once by opening it, then remembered. Takes up to a second.
bool nvenc_opens();

/// A generous guess at the file's size, for require_space() before the work starts (target_file.h).
std::uint64_t
estimated_bytes(const std::filesystem::path& target, int width, int height, std::int64_t frames);

} // namespace rushes
