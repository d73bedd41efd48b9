#include "base/memory.h"

#include <fstream>
#include <malloc.h>
#include <string>
#include <sys/sysinfo.h>

namespace rushes {
namespace {

/// Bytes of a line of /proc/self/status, which has kB; 0 where that cannot be read.
std::uint64_t status_bytes(const std::string& line) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == line) {
            std::uint64_t kib = 0;
            status >> kib;
            return kib * 1024;
        }
    }
    return 0;
}

} // namespace

void give_back_process_memory() {
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

MachineMemory machine_memory() {
    struct sysinfo info {};

    if (::sysinfo(&info) != 0) {
        return {};
    }
    return {std::uint64_t{info.totalram} * info.mem_unit, std::uint64_t{info.totalswap} * info.mem_unit};
}

std::uint64_t peak_process_memory() {
    return status_bytes("VmHWM:");
}

void forget_peak_process_memory() {
    std::ofstream("/proc/self/clear_refs") << "5";
}

std::uint64_t process_memory() {
    return status_bytes("VmRSS:");
}

} // namespace rushes
