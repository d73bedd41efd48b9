#include "generation/device_memory.h"

#include "base/memory.h"
#include "nn/kept_memory.h"

#include <c10/core/CachingDeviceAllocator.h>

namespace rushes {

std::uint64_t peak_memory(c10::Device device) {
    if (device.is_cpu()) {
        return peak_process_memory();
    }
    const auto stats = c10::getDeviceAllocator(device.type())->getDeviceStats(device.index());
    return static_cast<std::uint64_t>(stats.reserved_bytes.at(0).peak);
}

void forget_peak_memory(c10::Device device) {
    if (device.is_cpu()) {
        forget_peak_process_memory();
    } else {
        c10::getDeviceAllocator(device.type())->resetPeakStats(device.index());
    }
}

void give_back_memory(c10::Device device) {
    if (device.is_cpu()) {
        KeptMemory::use().give_back();
    } else {
        c10::getDeviceAllocator(device.type())->emptyCache();
    }
}

} // namespace rushes
