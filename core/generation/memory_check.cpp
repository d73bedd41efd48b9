#include "generation/memory_check.h"

#include "base/bytes_in_words.h"
#include "generation/fitting.h"

#include <string>

namespace rushes {
namespace {

constexpr double doubt = 1.25; ///< how much too high an estimate may be: a clip that may fit is not refused

} // namespace

std::optional<Error> lack_of_memory(const Plan& plan, const DeviceInfo& device) {
    if (device.memory == 0 ||
        static_cast<double>(plan.peak_memory_bytes) <= doubt * static_cast<double>(device.memory)) {
        return std::nullopt;
    }
    const auto fitting = nearest_that_fits(plan, load_options_for(device), device.memory);
    return Error(
        ErrorKind::resource,
        "This clip needs about " + bytes_in_words(plan.peak_memory_bytes) + " of memory, and this " +
            (device.kind == DeviceKind::cpu ? "machine" : "graphics card") + " has " +
            bytes_in_words(device.memory) + ".",
        fitting ? "It can make " + settings_in_words(*fitting) + ", for example."
                : "Even the smallest clip of this model does not fit: choose a smaller model.",
        Lever::smaller_clip
    );
}

} // namespace rushes
