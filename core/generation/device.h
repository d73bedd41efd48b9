// One device string decides where tensors live: auto | cpu | cuda | cuda:N.
#pragma once

#include "base/library_loader.h"
#include "generation/device_info.h"

#include <string>

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

} // namespace rushes
