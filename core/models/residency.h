// Which parts of a model stay in memory between the phases of a run: the same answer for whoever loads and
// for whoever foretells the memory. No libtorch here.
#pragma once

#include "models/load_options.h"

#include <cstdint>

namespace rushes {

/// A text encoder up to this size stays in memory; a larger one (T5-XXL has 9 GB) is read again for each new
/// prompt, so that its memory is free while the clip is denoised.
inline constexpr std::uint64_t resident_text_bytes = std::uint64_t{512} << 20;

inline bool text_encoder_stays(std::uint64_t bytes, const LoadOptions& options) {
    return options.residency == Residency::all ||
           (options.residency == Residency::automatic && bytes <= resident_text_bytes);
}

/// CLIP is small beside the UNet that it serves. On a card it stays, for quick looks; in main memory it is
/// read again in less time than one step takes, and a quarter of SDXL is free while the UNet computes.
inline bool clip_stays(const LoadOptions& options) {
    return options.residency == Residency::all ||
           (options.residency == Residency::automatic && options.device_of("text_encoder") != "cpu");
}

} // namespace rushes
