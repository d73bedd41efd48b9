// One device string decides where tensors live: auto | cpu | cuda | cuda:N.
#pragma once

#include "base/error.h"
#include "generation/device_info.h"

#include <exception>
#include <string>

namespace rushes {

struct Device {
    std::string torch_name; ///< "cpu" or "cuda:N"
    DeviceInfo info;
};

/// Loads libtorch's CUDA part when the string asks for it (or says auto and a driver is present). Throws
/// Error{user} for a string that is none of the above, Error{resource} when there is no such device.
Device resolve_device(const std::string& device, int threads);

/// Sets the threads that libtorch computes with on the calling thread, and lowers its priority when asked to.
void prepare_computing_thread(int threads, bool background);

/// Peak resident memory of the process in bytes (VmHWM of /proc/self/status); 0 where that cannot be read.
std::uint64_t peak_process_memory();

/// The one place where what libtorch throws becomes a sentence with a lever. Call inside a catch block.
Error translated(std::exception_ptr exception);

} // namespace rushes
