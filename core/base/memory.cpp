#include "base/memory.h"

#include <sys/sysinfo.h>

namespace rushes {

MachineMemory machine_memory() {
    struct sysinfo info {};

    if (::sysinfo(&info) != 0) {
        return {};
    }
    return {std::uint64_t{info.totalram} * info.mem_unit, std::uint64_t{info.totalswap} * info.mem_unit};
}

} // namespace rushes
