#include "models/component_loading.h"

#include "base/error.h"

#include <utility>

namespace rushes {

at::ScalarType number_type(const std::string& dtype) {
    if (dtype == "fp32") {
        return at::kFloat;
    }
    if (dtype == "bf16") {
        return at::kBFloat16;
    }
    throw Error(ErrorKind::user, "The number type is \"" + dtype + "\", expected fp32 or bf16.");
}

ComponentLoading::ComponentLoading(const ModelInfo& info, const LoadOptions& options, std::stop_token stop)
    : info_(info),
      options_(options),
      stop_(std::move(stop)),
      progress_(options.progress, info.weight_bytes) {}

WeightOptions ComponentLoading::weights(const std::string& component) {
    WeightOptions result = weights(component, number_type(options_.dtype));
    result.fp8_layers = options_.fp8_weights && !component.starts_with("text_encoder");
    return result;
}

WeightOptions ComponentLoading::weights(const std::string& component, at::ScalarType dtype) {
    WeightOptions result = unseen(component, dtype);
    result.progress = progress_.part(info_.part(component));
    return result;
}

WeightOptions ComponentLoading::unseen(const std::string& component, at::ScalarType dtype) const {
    return {at::Device(options_.device_of(component)), dtype, {}, stop_};
}

} // namespace rushes
