// The machine's main memory.
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

} // namespace rushes
