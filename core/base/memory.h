// The machine's main memory, and what this process takes of it.
#pragma once

#include <cstdint>

namespace rushes {

/// Bytes; zeros where the system does not tell.
struct MachineMemory {
    std::uint64_t main = 0;
    std::uint64_t swap = 0;

    std::uint64_t all() const { return main + swap; }
};

MachineMemory machine_memory();

/// Peak resident memory of the process in bytes (VmHWM of /proc/self/status); 0 where that cannot be read.
std::uint64_t peak_process_memory();

/// The peak begins again at what is held now. Nothing where the system does not allow that.
void forget_peak_process_memory();

/// What the C library keeps of memory that was freed goes back to the system, where it can.
void give_back_process_memory();

/// The same at this moment (VmRSS).
std::uint64_t process_memory();

} // namespace rushes
