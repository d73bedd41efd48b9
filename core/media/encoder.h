// Frames in, a finished file out. Encodes while frames arrive; the file appears under its name when it is whole.
#pragma once

#include "base/frame.h"

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
    int quality = 18;         ///< x264 crf scale (lower is better); NVENC: the cq that matches it
    std::string encoder = "auto"; ///< auto (NVENC when its probe opens, else libx264) | libx264 | h264_nvenc
    bool embed_recipe = true;
};

/// What became of the file, for the person who waits for it.
struct ExportResult {
    std::filesystem::path path; ///< where it is: never an older file overwritten
    std::string encoder;        ///< the one that was used
    std::string note;           ///< a visible fall-back ("NVENC is not available here: used libx264"); else empty
    int frames = 0;
    double first_bytes_seconds = -1; ///< from the first write() to playable bytes on disk
    double finish_seconds = 0;       ///< what finish() took
};

/// The format follows the name: .mp4 (H.264), .mkv (FFV1, lossless RGB), .gif, .webp, name-%04d.png (sequence).
/// Writes to a neighbour of the target and renames it in finish(); a destroyed encoder that was not finished removes
/// its unfinished file. Throws Error{user} for an unknown format or an unwritable folder, Error{resource} for a full disk.
class Encoder {
public:
    /// `width`, `height`: of the frames that will come. `recipe_json` goes into the file when settings say so.
    static std::unique_ptr<Encoder> open(
        const std::filesystem::path& target,
        int width,
        int height,
        FrameRate rate,
        const ExportSettings& settings,
        const std::string& recipe_json
    );

    virtual ~Encoder() = default;
    virtual void write(const Frame& frame) = 0;

    /// Completes the file; with no frame written there is no file and Error{user} is thrown.
    virtual ExportResult finish() = 0;

    /// The file that grows while frames are written (playable up to the last fragment), for reading frames back.
    virtual std::filesystem::path growing_file() const = 0;
};

} // namespace rushes
