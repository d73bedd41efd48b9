// The strict device as an engine sees a card.
#pragma once

#include "generation/device.h"
#include "support/strict_device.h"

namespace rushes::test {

/// With a terabyte of memory: what is to be too little, a test says by EngineOptions::memory.
inline Device stand_in_card() {
    return {strict_device(), {DeviceKind::cuda, "Stand-in", std::uint64_t{1} << 40}};
}

} // namespace rushes::test
