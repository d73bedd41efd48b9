// The engine as everybody else sees it: runs one plan at a time on the calling thread and reports through
// sinks. No libtorch here; the implementation lives in librushes_engine.so (see engine_loader.h).
#pragma once

#include "base/audio.h"
#include "base/error.h"
#include "base/frame.h"
#include "generation/device_info.h"
#include "generation/plan.h"
#include "models/preview_fit.h"
#include "models/run_inputs.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace rushes {

enum class Phase {
    loading,
    text,
    encoding, ///< pictures that the clip starts from become latents
    denoising,
    decoding,
    finishing
};

/// State of the running job; a value small enough to copy at every step.
struct Progress {
    Phase phase = Phase::loading;
    bool draft = false; ///< any pass before the last
    int block = 0;      ///< from 1; of blocks (1 for models that make the clip in one piece)
    int blocks = 0;
    int step = 0; ///< from 1; of steps
    int steps = 0;
    int frames_done = 0; ///< decoded frames of this pass
    int frames_total = 0;
    double loaded = 0;     ///< 0..1 while the model is being loaded
    double text_read = 0;  ///< 0..1 while the prompt is read: a large text encoder is loaded for it each time
    double encoded = 0;    ///< 0..1 of the pictures that the pass starts from
    double denoised = 0;   ///< 0..1 of the pass, its pictures included: the dim part of the bar
    double decoded = 0;    ///< 0..1 of the pass: the solid part
    double fraction = 0;   ///< 0..1 of the whole plan, by work
    double frame_rate = 0; ///< frames a second lately; 0: none yet
    double seconds_left = -1; ///< < 0: not known yet
};

/// The x0 estimate of a step as a short moving picture at latent resolution (blurry by nature).
struct Preview {
    bool draft = false;
    int step = 0;
    int first_frame = 0;            ///< of the pass, that pictures.front() stands for
    int end_frame = 0;              ///< behind the last one that pictures.back() stands for
    std::vector<FramePtr> pictures; ///< in time order; each stands for the frames from its index to the next
};

/// Seconds by phase, and what was made.
/// What a phase took, where somebody asks for it (RunSinks::measure).
struct PhaseReport {
    std::uint64_t peak_memory_bytes = 0; ///< as of the whole run
    std::uint64_t operators = 0; ///< of libtorch that were called, without views: on a card each is a kernel
};

struct RunReport {
    double load_seconds = 0; ///< 0: the model was there already
    double lora_seconds = 0; ///< to change the LoRAs of a model that was there
    double text_seconds = 0;
    double first_preview_seconds = -1; ///< from the start of run(); < 0: none
    double first_frame_seconds = -1;   ///< first final frame handed to the sink
    double denoise_seconds = 0;
    double decode_seconds = 0;
    double preview_seconds = 0;     ///< work for previews that delayed the run
    double preview_cpu_seconds = 0; ///< processor time of the thread that makes them, beside the run
    double total_seconds = 0;
    double restored = 0;                 ///< 0..1 of the final pass's denoising, that an earlier run had done
    int frames = 0;                      ///< final frames handed to the sink
    std::uint64_t peak_memory_bytes = 0; ///< of the process; on a graphics card, of its memory
    PhaseReport text = {};
    PhaseReport denoise = {};
    PhaseReport decode = {};
    /// Of another model's draft (Plan::draft), whose seconds are in `total_seconds` only; null: there was
    /// none.
    std::shared_ptr<const RunReport> draft;
};

struct Finished {
    RunReport report;
};

struct StoppedEarly {
    RunReport report;
};

struct Failed {
    Error error;
    RunReport report;
};

using Outcome = std::variant<Finished, StoppedEarly, Failed>;

inline const RunReport& report_of(const Outcome& outcome) {
    return std::visit([](const auto& end) -> const RunReport& { return end.report; }, outcome);
}

/// Where a run reports. Called from the engine's threads, one at a time for each member.
struct RunSinks {
    std::function<void(const Progress&)> progress; ///< must not wait
    std::function<void(Preview)> preview;          ///< must not wait
    /// May wait (back-pressure); draft frames come with draft = true and count from 0 again for the final
    /// pass.
    std::function<void(FramePtr, bool draft)> frame;
    std::function<void(AudioPtr)>
        audio; ///< of a model with sound: of the final pass, in time order; may wait
    /// Asked before each block but the first of a model that works block by block: another prompt from there
    /// on, the clip's frame `first_frame`. In a recipe that is a PromptChange. Must not wait.
    std::function<std::optional<std::string>(int first_frame)> next_prompt;
    /// A folder of this run alone. What is computed is kept there after each step, or block of a model that
    /// works block by block, and a later run of the same plan on the same device that is given it goes on
    /// from there: it gives all frames of the final pass again, the very same ones. After a run that finished
    /// nothing is left of it; after any other end it is the caller's, to be gone on from or thrown away.
    /// Empty: nothing is kept.
    std::filesystem::path checkpoint;
    /// After a run that finished all of it is left, and another run need not compute but only decode.
    bool keep_checkpoint = false;
    /// What earlier runs left (jobs/kept_runs.h): what this one has in common with one of them is not
    /// computed again. Empty: it is.
    std::filesystem::path kept_runs;
    /// What people should know, one sentence: why the checkpoint could not be used, or is not kept. Must not
    /// wait.
    std::function<void(const std::string& sentence)> note;
    bool measure = false; ///< RunReport says what each phase took: for benches
};

struct EngineOptions {
    std::string device = "auto"; ///< auto | cpu | cuda | cuda:N
    int threads = 0;             ///< CPU threads; 0: all cores
    std::uint64_t memory = 0;    ///< bytes of a graphics card that may be filled; 0: all of them
    bool background = false; ///< lower the priority of the threads that compute: a window stays responsive
};

class Engine {
public:
    virtual ~Engine() = default;

    /// Never throws: the outcome is a value. Keeps the model and what it made of the prompt for the next run.
    /// `inputs` are the pictures of plan.recipe.inputs, decoded.
    virtual Outcome
    run(const Plan& plan, const RunInputs& inputs, const RunSinks& sinks, std::stop_token stop) = 0;

    /// Loads a model before it is needed; one that the memory cannot hold is refused (Error{resource}).
    /// Throws Error or Stopped.
    virtual void preload(const ModelInfo& model, const std::string& dtype, std::stop_token stop) = 0;

    /// Gives back all memory that it keeps for the next run, which loads its model again. Between runs.
    virtual void release() = 0;

    virtual DeviceInfo device() const = 0;
};

/// Loads librushes_engine.so (and with it libtorch: about half a second) and makes an engine. Throws
/// Error{resource} when the library or the device is missing. Safe to call from any thread.
std::unique_ptr<Engine> load_engine(const EngineOptions& options);

/// Fits the previews of a model to pictures that are drawn for it, and keeps the map for all later runs.
/// Throws as load_engine(); Error{user} where there is nothing to fit; Stopped.
PreviewFit fit_previews(
    const ModelInfo& model,
    const EngineOptions& options,
    const std::function<void(double share)>& done,
    std::stop_token stop
);

} // namespace rushes
