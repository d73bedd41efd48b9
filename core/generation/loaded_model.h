// A model that stays loaded between runs, with what it made of the last prompts.
#pragma once

#include "generation/plan.h"
#include "models/pipeline.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rushes {

using PipelineLoader =
    std::function<std::unique_ptr<Pipeline>(const ModelInfo&, const LoadOptions&, std::stop_token)>;

class LoadedModel {
public:
    /// `device`: where it computes.
    LoadedModel(PipelineLoader loader, at::Device device) : loader_(std::move(loader)), device_(device) {}

    /// The model, loaded with `options`: at once where it is there already. Throws what the loader throws.
    Pipeline& get(const ModelInfo& model, LoadOptions options, std::stop_token stop);

    /// Whether get() would have nothing to do but change LoRAs.
    bool holds(const ModelInfo& model, const LoadOptions& options) const;

    /// What the model makes of a prompt of the plan's recipe; as Pipeline::condition() the first time. Kept
    /// until a few others came, or the model goes.
    const Conditioning& condition(
        const Plan& plan,
        const std::string& prompt,
        const RunInputs& inputs,
        const ShareDone& done,
        std::stop_token stop
    );

    /// As Pipeline::get_ready(). What cannot be read now says so to the next prompt.
    void get_ready();

    void forget_prompts() { conditionings_.clear(); }

    /// The model goes.
    void release();

    int loads() const { return loads_; } ///< how often a model was read

    const std::vector<LoraFile>& loras() const { return loras_; }

private:
    struct Kept {
        std::string key; ///< all that it was made of
        Conditioning conditioning;
    };

    PipelineLoader loader_;
    at::Device device_;
    std::string key_;             ///< which model it is, and how it was loaded
    std::vector<LoraFile> loras_; ///< that it was loaded with, or changed to
    int loads_ = 0;
    std::unique_ptr<Pipeline> pipeline_;
    std::deque<Kept> conditionings_; ///< newest first
};

} // namespace rushes
