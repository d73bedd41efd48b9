// One run of a plan through a pipeline: which call when, and what is reported on the way.
#pragma once

#include "generation/engine.h"
#include "generation/phase_gauge.h"
#include "generation/preview_maker.h"
#include "generation/progress_tracker.h"
#include "generation/run_checkpoint.h"
#include "models/pipeline.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rushes {

/// What the prompts of a run became.
struct RunConditions {
    /// From the block on that begins at this frame of the clip or later, at the latest the last one.
    struct Turn {
        int frame = 0;
        std::string prompt;
        Conditioning conditioning;
    };

    /// From the step on that comes behind so many, of a clip in one piece.
    struct StepTurn {
        int after_steps = 0;
        std::string change;         ///< what is other then, for the lineage
        Conditioning conditioning;  ///< empty: as before
        double guidance_scale = -1; ///< < 0: as before
    };

    Conditioning first;
    std::vector<Turn> turns;          ///< by frame
    std::vector<StepTurn> step_turns; ///< by steps
    /// Of a prompt that nobody knew before. Throws as Pipeline::condition().
    std::function<Conditioning(const std::string& prompt)> condition;
};

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
        RunCheckpoint& checkpoint,
        PhaseGauge& gauge,
        at::Device device,
        std::stop_token stop
    );

    /// Runs all passes. Throws Error, Stopped or what libtorch throws.
    void run(Pipeline& pipeline, const RunConditions& conditions, Clock::time_point start);

private:
    bool is_done_with(std::size_t index);
    void run_pass(Pipeline& pipeline, const RunConditions& conditions, std::size_t index);
    void change_prompt(Denoising& denoising, const RunConditions& conditions, int block, bool last_block);
    at::Tensor denoise_block(Denoising& denoising, const RunConditions& conditions, int block);
    int steps_done_before(Denoising& denoising, const RunConditions& conditions, int block);
    void change_step(Denoising& denoising, const RunConditions& conditions, int after_steps);
    RunCheckpoint::Place place(int block) const;
    RunCheckpoint::Place place_after(int steps, const RunConditions& conditions, int block) const;
    void decode_block(Pipeline& pipeline, const at::Tensor& latents);
    std::unique_ptr<LatentDecoder> decoder_in(Pipeline& pipeline, DecodeWay way);
    at::Tensor decoded(Pipeline& pipeline, const at::Tensor& latent, const ShareDone& within);
    at::Tensor decoded_again(Pipeline& pipeline);
    void decode_rest();
    void take(const at::Tensor& pictures, double worth);
    void hand_out(const at::Tensor& pictures);
    void report_progress() const;

    const Plan& plan_;
    const RunSinks& sinks_;
    RunReport& report_;
    ProgressTracker& tracker_;
    RunCheckpoint& checkpoint_;
    const at::Device device_;
    const std::stop_token stop_;

    Clock::time_point start_{};
    PreviewMaker* previews_ = nullptr; ///< of the running run()
    const Pass* pass_ = nullptr;
    int pass_index_ = 0;
    int blocks_ = 1; ///< of the pass
    MeasuredPhase denoising_;
    MeasuredPhase decoding_;
    std::unique_ptr<LatentDecoder> decoder_;  ///< of the pass
    DecodeWay decode_ = DecodeWay::whole;     ///< that the memory sufficed for so far
    at::Tensor block_latents_;                ///< that are being decoded
    std::vector<at::Tensor> decoder_latents_; ///< that the decoder was given, to begin again
    int frames_again_ = 0;            ///< that came out before the decoder began again, and come once more
    bool draft_ = false;              ///< the pass at hand is not the last
    std::vector<at::Tensor> latents_; ///< clean ones of the pass, where the next one starts from them
    int latents_done_ = 0;            ///< latent frames of the pass before the block at hand
    int frames_done_ = 0;             ///< decoded frames of the pass
    std::size_t turns_done_ = 0;      ///< of the prompt
    std::string lineage_;             ///< of the block at hand, before its first step
};

} // namespace rushes
