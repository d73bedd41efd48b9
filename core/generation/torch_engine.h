// The engine over libtorch: keeps what is expensive between runs (weights, prompt embeddings) and turns
// whatever a run ends with into an outcome.
#pragma once

#include "generation/device.h"
#include "generation/engine.h"
#include "models/pipeline.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace rushes {

using PipelineLoader =
    std::function<std::unique_ptr<Pipeline>(const ModelInfo&, const LoadOptions&, std::stop_token)>;

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
    struct Kept {
        std::string key; ///< all that it was made of
        Conditioning conditioning;
    };

    Pipeline& pipeline_for(const ModelInfo& model, LoadOptions options, std::stop_token stop);
    const Conditioning& conditioning_for(
        Pipeline& pipeline,
        const Plan& plan,
        const std::string& prompt,
        const RunInputs& inputs,
        const ShareDone& done,
        std::stop_token stop
    );

    const EngineOptions options_;
    const PipelineLoader loader_;
    const Device device_;
    std::string loaded_key_;      ///< which model `pipeline_` is, and how it was loaded
    std::vector<LoraFile> loras_; ///< that it was loaded with, or changed to
    int loads_ = 0;               ///< how often a model was read
    std::unique_ptr<Pipeline> pipeline_;
    std::deque<Kept> conditionings_; ///< of the loaded model, newest first
};

} // namespace rushes
