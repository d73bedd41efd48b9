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

/// CLIP is small beside the UNet that it serves. In main memory it goes while a clip is made, which takes a
/// hundred times as long as reading it again; a still is made in a few times as long.
inline bool clip_stays(const LoadOptions& options, bool serves_clips) {
    return options.residency == Residency::all ||
           (options.residency == Residency::automatic &&
            (!serves_clips || options.device_of("text_encoder") != "cpu"));
}

} // namespace rushes
