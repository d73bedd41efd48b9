// The engine over libtorch: keeps what is expensive between runs (weights, prompt embeddings) and turns
// whatever a run ends with into an outcome.
#pragma once

#include "generation/device.h"
#include "generation/engine.h"
#include "generation/loaded_model.h"

#include <chrono>

namespace rushes {

class PhaseGauge;
class ProgressTracker;
class RunCheckpoint;

class TorchEngine : public Engine {
public:
    /// Throws as resolve_device() does.
    TorchEngine(EngineOptions options, PipelineLoader loader);

    /// On a device that was resolved already.
    TorchEngine(EngineOptions options, Device device, PipelineLoader loader);

    Outcome
    run(const Plan& plan, const RunInputs& inputs, const RunSinks& sinks, std::stop_token stop) override;
    void preload(const ModelInfo& model, const std::string& dtype, std::stop_token stop) override;

    void release() override;

    DeviceInfo device() const override { return device_.info; }

private:
    /// What a run was given, and when.
    struct Call {
        const RunInputs& inputs;
        const RunSinks& sinks;
        PhaseGauge& gauge;
        std::chrono::steady_clock::time_point start;
        std::stop_token stop;
    };

    void make_room_for(const Plan& plan);
    RunReport draft(const Plan& plan, const Call& call);
    void make(
        const Plan& plan,
        LoadedModel& loaded,
        ProgressTracker& tracker,
        RunCheckpoint& checkpoint,
        RunReport& report,
        const Call& call
    );
    LoadOptions options_for(const Plan& plan) const;

    const EngineOptions options_;
    const Device device_;
    LoadedModel model_;
    LoadedModel drafter_; ///< another model, that makes drafts (Plan::draft)
};

} // namespace rushes
