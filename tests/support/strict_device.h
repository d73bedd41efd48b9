// A device that is no CPU, for machines without one. Its tensors lie in main memory and are computed there,
// but what a GPU would refuse fails here too: an operation that meets a tensor of the CPU beside the
// device's, an attention bias of another type than the queries. And it counts what a GPU's time and memory go
// to.
#pragma once

#include <cstdint>

namespace rushes::test {

/// Makes libtorch know the device, once a process. Returns its name, for LoadOptions::device.
const char* strict_device();

/// Of all threads, since the last reset.
struct DeviceCounts {
    std::int64_t launches = 0;  ///< operations, each a kernel on a GPU; views are none
    std::int64_t to_device = 0; ///< copies from the CPU
    std::int64_t to_host = 0;   ///< copies to the CPU, of single numbers too
    std::int64_t pageable = 0; ///< of those copies: from or to memory that is not pinned, which holds up both
    std::int64_t bytes_to_device = 0;
    std::int64_t bytes_to_host = 0;
    std::int64_t waits = 0;       ///< of the CPU, until the device has done all that was asked before
    std::int64_t most_queued = 0; ///< launches that the CPU was ahead at most, of what it had waited for

    std::int64_t copies() const { return to_device + to_host; }
};

DeviceCounts device_counts();
void reset_device_counts();

/// Bytes of the device's tensors.
struct DeviceMemory {
    std::int64_t live = 0;
    std::int64_t peak = 0; ///< since the last reset
};

DeviceMemory device_memory();
void reset_device_peak();

/// More than this is refused with what libtorch throws when a GPU's memory is full. 0: no limit.
void limit_device_memory(std::int64_t bytes);

/// Times that libtorch's cache of the device's memory was given back.
std::int64_t device_cache_emptied();

} // namespace rushes::test
