// What each component of a model is read with: where it goes, in which type, and its share of the bar.
#pragma once

#include "models/load_options.h"
#include "models/load_progress.h"
#include "models/model_info.h"
#include "nn/weights/weight_store.h"

#include <stop_token>
#include <string>

#include <ATen/core/Tensor.h>

namespace rushes {

/// LoadOptions::dtype. Throws Error{user} for another text.
at::ScalarType number_type(const std::string& dtype);

/// For the constructor of a pipeline. What it gives tells it of progress while a component is read; `info`
/// and `options` must live as long.
class ComponentLoading {
public:
    ComponentLoading(const ModelInfo& info, const LoadOptions& options, std::stop_token stop);
    ComponentLoading(const ComponentLoading&) = delete;
    ComponentLoading& operator=(const ComponentLoading&) = delete;

    /// In the type that the options name, or in one of the family's own.
    WeightOptions weights(const std::string& component);
    WeightOptions weights(const std::string& component, at::ScalarType dtype);

    /// The same without a share of the bar: for a file that the model can do without, and for a component
    /// that is read later.
    WeightOptions unseen(const std::string& component, at::ScalarType dtype) const;

    const LoadOptions& options() const { return options_; }

    /// The whole model is there.
    void done() const { progress_.tell(1); }

private:
    const ModelInfo& info_;
    const LoadOptions& options_;
    std::stop_token stop_;
    LoadProgress progress_;
};

} // namespace rushes
