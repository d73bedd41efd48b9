// The machine's main memory.
#pragma once

#include <cstdint>

namespace rushes {

struct MainMemory {
    std::uint64_t total = 0;     ///< bytes
    std::uint64_t available = 0; ///< bytes that programs can still take without swapping
};

/// From /proc/meminfo; zeros where that cannot be read.
MainMemory main_memory();

} // namespace rushes
