// One run of a plan through a pipeline: which call when, and what is reported on the way.
#pragma once

#include "generation/engine.h"
#include "generation/preview_maker.h"
#include "generation/progress_tracker.h"
#include "models/pipeline.h"
#include "nn/device_stopwatch.h"

#include <chrono>
#include <memory>
#include <vector>

namespace rushes {

/// Owns nothing that outlives the run. `report` grows while it runs and is right whenever run() ends, also by
/// a throw.
class PlanRun {
public:
    using Clock = std::chrono::steady_clock;

    /// `device`: where the pipeline computes.
    PlanRun(
        const Plan& plan,
        const RunSinks& sinks,
        RunReport& report,
        ProgressTracker& tracker,
        at::Device device,
        std::stop_token stop
    );

    /// Runs all passes. Throws Error, Stopped or what libtorch throws.
    void run(Pipeline& pipeline, const Conditioning& conditioning, Clock::time_point start);

private:
    void run_pass(Pipeline& pipeline, const Conditioning& conditioning, std::size_t index);
    at::Tensor denoise_block(Denoising& denoising, int block);
    void decode_block(Pipeline& pipeline, const at::Tensor& latents);
    at::Tensor decoded(Pipeline& pipeline, const at::Tensor& latent, const ShareDone& within);
    void decode_rest();
    void take(const at::Tensor& pictures, double worth);
    void hand_out(const at::Tensor& pictures);
    void report_progress() const;

    const Plan& plan_;
    const RunSinks& sinks_;
    RunReport& report_;
    ProgressTracker& tracker_;
    const at::Device device_;
    const std::stop_token stop_;

    Clock::time_point start_{};
    PreviewMaker* previews_ = nullptr; ///< of the running run()
    const Pass* pass_ = nullptr;
    DeviceStopwatch denoising_time_;
    DeviceStopwatch decoding_time_;
    std::unique_ptr<LatentDecoder> decoder_; ///< of the pass
    DecoderMemory decoder_memory_ = DecoderMemory::ample;
    std::vector<at::Tensor> decoder_latents_; ///< that the decoder was given, to begin again
    bool draft_ = false;                      ///< the pass at hand is not the last
    std::vector<at::Tensor> latents_;         ///< clean ones of the pass, where the next one starts from them
    int latents_done_ = 0;                    ///< latent frames of the pass before the block at hand
    int frames_done_ = 0;                     ///< decoded frames of the pass
};

} // namespace rushes
