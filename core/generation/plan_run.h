// One run of a plan through a pipeline: which call when, and what is reported on the way.
#pragma once

#include "generation/engine.h"
#include "generation/preview_maker.h"
#include "generation/progress_tracker.h"
#include "models/pipeline.h"

#include <chrono>

namespace rushes {

/// Owns nothing that outlives the run. `report` grows while it runs and is right whenever run() ends, also by
/// a throw.
class PlanRun {
public:
    using Clock = std::chrono::steady_clock;

    PlanRun(
        const Plan& plan,
        const RunSinks& sinks,
        RunReport& report,
        ProgressTracker& tracker,
        std::stop_token stop
    );

    /// Runs all passes. Throws Error, Stopped or what libtorch throws.
    void run(Pipeline& pipeline, const TextEmbeddings& text, Clock::time_point start);

private:
    void run_pass(Pipeline& pipeline, const TextEmbeddings& text, std::size_t index);
    at::Tensor denoise_block(Denoising& denoising, int block);
    void decode_block(VideoDecoder& decoder, const at::Tensor& latents);
    void hand_out(const at::Tensor& pictures);
    void report_progress() const;

    const Plan& plan_;
    const RunSinks& sinks_;
    RunReport& report_;
    ProgressTracker& tracker_;
    const std::stop_token stop_;

    Clock::time_point start_{};
    PreviewMaker* previews_ = nullptr; ///< of the running run()
    const Pass* pass_ = nullptr;
    int latents_done_ = 0; ///< latent frames of the pass before the block at hand
    int frames_done_ = 0;  ///< decoded frames of the pass
};

} // namespace rushes
