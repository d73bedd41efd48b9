#include "generation/memory_check.h"

#include "base/bytes_in_words.h"
#include "generation/fitting.h"

#include <string>

namespace rushes {
namespace {

/// How much too high an estimate may be: a clip that may fit is not refused, unless somebody set a limit.
double doubt(const DeviceInfo& device) {
    return device.limited ? 1.0 : 1.25;
}

/// "this machine has 24.0 GB".
std::string room_in_words(const DeviceInfo& device) {
    const std::string bytes = bytes_in_words(device.memory);
    return device.limited                   ? "of this graphics card " + bytes + " may be filled"
           : device.kind == DeviceKind::cpu ? "this machine has " + bytes
                                            : "this graphics card has " + bytes;
}

/// What stays in memory of the model, whatever the clip; 0 where that cannot be told.
double bytes_to_load(const ModelInfo& model, const LoadOptions& options) {
    if (!model.cost) {
        return static_cast<double>(model.weight_bytes);
    }
    Pass pass; // any: what stays does not depend on it
    if (!model.lattice.sizes.empty()) {
        pass.width = model.lattice.sizes.front().width;
        pass.height = model.lattice.sizes.front().height;
    }
    pass.frames = 1;
    pass.steps = 1;
    return model.cost(pass, options).resident_bytes();
}

} // namespace

std::optional<Error>
lack_of_memory_to_load(const ModelInfo& model, const LoadOptions& options, const DeviceInfo& device) {
    const double bytes = bytes_to_load(model, options);
    if (device.memory == 0 || bytes <= doubt(device) * static_cast<double>(device.memory)) {
        return std::nullopt;
    }
    return Error(
        ErrorKind::resource,
        "'" + model.id + "' takes about " + bytes_in_words(static_cast<std::uint64_t>(bytes)) +
            " of memory when it is loaded, and " + room_in_words(device) + ".",
        options.dtype == "fp32" ? "Choose bf16 numbers or a smaller model." : "Choose a smaller model.",
        Lever::smaller_clip
    );
}

std::optional<Error> lack_of_memory(const Plan& plan, const DeviceInfo& device) {
    if (device.memory == 0 ||
        static_cast<double>(plan.peak_memory_bytes) <= doubt(device) * static_cast<double>(device.memory)) {
        return std::nullopt;
    }
    const auto fitting = nearest_that_fits(plan, load_options_for(device), device.memory);
    return Error(
        ErrorKind::resource,
        "This clip needs about " + bytes_in_words(plan.peak_memory_bytes) + " of memory, and " +
            room_in_words(device) + ".",
        fitting ? "It can make " + settings_in_words(*fitting) + ", for example."
                : "Even the smallest clip of this model does not fit: choose a smaller model.",
        Lever::smaller_clip
    );
}

} // namespace rushes
