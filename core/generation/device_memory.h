// What libtorch takes of a device's memory.
#pragma once

#include <cstdint>

#include <c10/core/Device.h>

namespace rushes {

/// Bytes at most since forget_peak_memory(): of the process on the CPU, on a card what libtorch took of its
/// memory.
std::uint64_t peak_memory(c10::Device device);
void forget_peak_memory(c10::Device device);

/// What is kept of a device's memory for the next tensors goes back to it.
void give_back_memory(c10::Device device);

} // namespace rushes
