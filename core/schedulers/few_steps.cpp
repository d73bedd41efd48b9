#include "schedulers/few_steps.h"

#include <algorithm>
#include <array>

namespace rushes {

std::span<const FewSteps> few_step_kinds() {
    static constexpr std::array kinds{
        FewSteps{.name = "dmd", .steps = 3, .most = 16},
        FewSteps{.name = "rcm", .steps = 4, .most = 4},
        FewSteps{.name = "distilled", .steps = 4, .most = 16},
    };
    return kinds;
}

const FewSteps* few_steps_named(std::string_view name) {
    const std::span<const FewSteps> kinds = few_step_kinds();
    const auto found = std::ranges::find(kinds, name, &FewSteps::name);
    return found == kinds.end() ? nullptr : &*found;
}

} // namespace rushes
