// One device string decides where tensors live: auto | cpu | cuda | cuda:N.
#pragma once

#include "base/error.h"
#include "base/library_loader.h"
#include "generation/device_info.h"

#include <cstdint>
#include <exception>
#include <string>

#include <c10/core/Device.h>

namespace rushes {

struct Device {
    std::string torch_name; ///< "cpu" or "cuda:N"
    DeviceInfo info;
};

/// Loads libtorch's CUDA part when the string asks for it (or says auto and a driver is present), and lets
/// fp32 products use TF32 there. Before anything is computed: libtorch remembers what it did not find. Throws
/// Error{user} for a string that is none of the above, Error{resource} when there is no such device; auto
/// goes on with the CPU and notes why.
Device
resolve_device(const std::string& device, int threads, LibraryLoader& loader = LibraryLoader::system());

/// Sets the threads that libtorch computes with on the calling thread, and lowers its priority when asked to.
void prepare_computing_thread(int threads, bool background);

/// Peak resident memory of the process in bytes (VmHWM of /proc/self/status); 0 where that cannot be read.
std::uint64_t peak_process_memory();

/// The same on the CPU; on a card what libtorch took of its memory at most since forget_peak_memory().
std::uint64_t peak_memory(c10::Device device);
void forget_peak_memory(c10::Device device);

/// Of the device or of the machine, whoever says it and how.
bool is_lack_of_memory(const std::exception_ptr& exception);

/// What libtorch keeps of a card's memory for its next tensors goes back to the card. Nothing on the CPU.
void give_back_memory(c10::Device device);

/// The one place where what libtorch throws becomes a sentence with a lever. Call inside a catch block.
Error translated(std::exception_ptr exception);

} // namespace rushes
