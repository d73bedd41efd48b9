// An engine without libtorch or weights: moving synthetic pictures, the same for the same recipe, as fast as
// the sinks take them. No timers: a test that wants to look at a moment holds the engine there
// (FakeScript::at_step). A run with a checkpoint leaves a file in its folder until it is finished; one that
// finds that file says that half of it was restored.
#pragma once

#include "generation/engine.h"

#include <atomic>
#include <functional>
#include <optional>
#include <string>

namespace rushes::testing {

struct FakeScript {
    std::optional<Error> error;           ///< the run fails with it ...
    Phase error_phase = Phase::denoising; ///< ... in this phase of the final pass ...
    int error_after_frames = 0;           ///< ... once this many final frames were handed out
    DeviceKind device = DeviceKind::cpu;
    std::uint64_t memory = 0; ///< of the device; 0: not known

    /// Called on the engine's thread when a run begins.
    std::function<void(const Plan&, const RunInputs&)> at_run;

    /// Called on the engine's thread before each unit of work (loading, text, each step, each frame). May
    /// wait: the engine stands still meanwhile. Must return when `stop` is requested.
    std::function<void(const Progress&, std::stop_token stop)> at_step;
};

class FakeEngine : public Engine {
public:
    explicit FakeEngine(FakeScript script = {}) : script_(std::move(script)) {}

    Outcome
    run(const Plan& plan, const RunInputs& inputs, const RunSinks& sinks, std::stop_token stop) override;
    void preload(const ModelInfo& model, const std::string& dtype, std::stop_token stop) override;

    void release() override { ++releases_; }

    DeviceInfo device() const override { return {script_.device, "Fake device", script_.memory}; }

    int runs() const { return runs_; } ///< how often run() was called

    int releases() const { return releases_; }

    int preloads() const { return preloads_; }

private:
    FakeScript script_;
    int runs_ = 0;
    std::atomic<int> releases_ = 0;
    std::atomic<int> preloads_ = 0;
};

/// The picture that FakeEngine makes for frame `index` of a pass: a ball that crosses a graded background;
/// colours by seed.
Frame fake_picture(const Pass& pass, std::int64_t index);

/// The sound that FakeEngine makes where the model has one: silence, from the middle of the clip on a tone of
/// 440 Hz, half as loud as can be.
std::vector<float> fake_sound(AudioShape shape, int frames, FrameRate rate);

/// Models to plan with: a causal demonstration model (160x96, 96x160, 128x128, 33 frames at 12 fps, 4 steps)
/// and a full-sequence one (free sizes up from 832x480, 81 frames at 16 fps, 50 steps, guidance 5, draft
/// first).
ModelInfo fake_causal_model();
ModelInfo fake_full_model();

/// A quick one with sizes and lengths of its own, for drafts.
ModelInfo fake_small_model();

} // namespace rushes::testing
