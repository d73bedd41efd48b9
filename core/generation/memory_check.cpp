#include "generation/memory_check.h"

#include <iomanip>
#include <sstream>
#include <string>

namespace rushes {
namespace {

constexpr double doubt = 1.25; ///< how much too high an estimate may be: a clip that may fit is not refused

std::string gigabytes(std::uint64_t bytes) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(1) << static_cast<double>(bytes) / 1e9 << " GB";
    return text.str();
}

} // namespace

std::optional<Error> lack_of_memory(const Plan& plan, std::uint64_t memory) {
    if (memory == 0 || static_cast<double>(plan.peak_memory_bytes) <= doubt * static_cast<double>(memory)) {
        return std::nullopt;
    }
    const bool wide = plan.recipe.dtype == "fp32";
    return Error(
        ErrorKind::resource,
        "This clip needs about " + gigabytes(plan.peak_memory_bytes) + " of memory, and this machine has " +
            gigabytes(memory) + ".",
        "Choose a smaller size" + std::string(wide ? ", fewer frames or bf16 numbers." : " or fewer frames."),
        Lever::smaller_clip
    );
}

} // namespace rushes
