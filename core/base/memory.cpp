#include "base/memory.h"

#include <fstream>
#include <string>
#include <sys/sysinfo.h>

namespace rushes {

MachineMemory machine_memory() {
    struct sysinfo info {};

    if (::sysinfo(&info) != 0) {
        return {};
    }
    return {std::uint64_t{info.totalram} * info.mem_unit, std::uint64_t{info.totalswap} * info.mem_unit};
}

std::uint64_t peak_process_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == "VmHWM:") {
            std::uint64_t kib = 0;
            status >> kib;
            return kib * 1024;
        }
    }
    return 0;
}

} // namespace rushes
