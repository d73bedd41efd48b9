#include "generation/memory_check.h"

#include "base/bytes_in_words.h"

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
    const bool wide = plan.recipe.dtype == "fp32";
    return Error(
        ErrorKind::resource,
        "This clip needs about " + bytes_in_words(plan.peak_memory_bytes) + " of memory, and this " +
            (device.kind == DeviceKind::cpu ? "machine" : "graphics card") + " has " +
            bytes_in_words(device.memory) + ".",
        "Choose a smaller size" + std::string(wide ? ", fewer frames or bf16 numbers." : " or fewer frames."),
        Lever::smaller_clip
    );
}

} // namespace rushes
