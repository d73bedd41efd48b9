// What computes, as everybody else sees it: a value that needs no libtorch.
#pragma once

#include "models/load_options.h"

#include <cstdint>
#include <string>

namespace rushes {

enum class DeviceKind { cpu, cuda };

struct DeviceInfo {
    DeviceKind kind = DeviceKind::cpu;
    std::string name; ///< for people and for the book of speeds: "CPU, 2 threads", "NVIDIA H200, 140 GB"
    std::uint64_t memory =
        0; ///< bytes that a run may fill: main memory and swap, or the card's own; 0: not known
    double flop_per_second = 0; ///< by the data sheet; 0: not known
    std::string note = {};      ///< for people: why a card that is there is not used; mostly empty
    bool limited = false;       ///< `memory` is what somebody allows, less than there is
};

/// How a model is loaded on such a device, for plans.
inline LoadOptions load_options_for(const DeviceInfo& device) {
    const bool cpu = device.kind == DeviceKind::cpu;
    return {.device = cpu ? "cpu" : "cuda:0", .memory = device.memory};
}

} // namespace rushes
