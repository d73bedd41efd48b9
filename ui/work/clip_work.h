// Reading and writing of clips as the window sees it. FFmpeg brings 130 libraries that take 50 ms to load:
// the studio loads them in the background, as a module of its own, after the window is on the screen.
#pragma once

#include "jobs/clip_file.h"
#include "jobs/edited_clip.h"
#include "jobs/job.h"
#include "jobs/read_inputs.h"
#include "jobs/unfinished.h"
#include "media/clip_reader.h"
#include "media/compare_clips.h"
#include "media/encoder.h"

#include <memory>
#include <optional>

namespace rushes::ui {

/// As ClipReader.
class ClipSource {
public:
    virtual ~ClipSource() = default;
    virtual const ClipFacts& facts() const = 0;
    virtual FramePtr next(int max_width = 0, int max_height = 0) = 0;
    virtual void rewind() = 0;
    virtual FramePtr at(std::int64_t index) = 0;
};

/// The module's functions; each throws what the function of core that it stands for throws.
struct ClipWork {
    decltype(&rushes::run_job) run_job;
    decltype(&Encoder::open) open_encoder;
    decltype(&rushes::record_of_file) record_of_file;
    decltype(&rushes::recover_unfinished) recover_unfinished;
    decltype(&rushes::recipe_input) recipe_input;
    decltype(&rushes::input_picture) input_picture;
    decltype(&rushes::read_inputs) read_inputs;
    std::unique_ptr<ClipSource> (*open_clip)(const std::filesystem::path& file);
    /// compare_clips() of two files.
    ClipComparison (*compare_files)(
        const std::filesystem::path& first,
        const std::filesystem::path& second,
        const std::function<void(double share)>& done,
        const std::stop_token& stop
    );
    /// edit_clips() into a folder, under a name of edit_target().
    EditedFile (*edit_clips)(
        const ClipEdit& edit,
        const std::filesystem::path& folder,
        const std::filesystem::path& notes,
        const std::function<void(double share)>& done,
        const std::stop_token& stop
    );
};

/// The border of librushes_clips.so, by name: const ClipWork* ().
inline constexpr const char* clip_work_symbol = "rushes_clip_work";
using GetClipWork = const ClipWork*();

/// Never on the UI thread: the first call loads the module. Throws Error{resource} when it is missing. Safe
/// to call from several threads.
const ClipWork& clipWork();

} // namespace rushes::ui
