// How busy a graphics card is, by NVIDIA's management library, which comes with the driver. Source of
// functions and codes: NVML API reference (nvml.h).
#pragma once

#include "base/library_loader.h"

#include <cstdint>
#include <string>

namespace rushes::serve {

struct CardUse {
    double use = -1;                ///< 0..1: share of the last moment in which it computed; < 0: not known
    std::uint64_t memory_bytes = 0; ///< taken, by whoever; 0: not known
};

/// Of the card with this name (DeviceInfo::name: what follows the card's own name does not matter); of
/// several alike the busiest, as clips are made on one. Never throws.
CardUse card_use(const std::string& name, LibraryLoader& loader = LibraryLoader::system());

} // namespace rushes::serve
