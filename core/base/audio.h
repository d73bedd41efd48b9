// Sound of the clip as plain samples.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace rushes {

/// Immutable once shared. `samples` holds one value a channel, channel after channel within each instant,
/// -1..1.
struct Audio {
    int sample_rate = 48'000; ///< instants a second
    int channels = 2;
    std::int64_t first = 0; ///< instant of the clip, from 0
    std::vector<float> samples;
};

using AudioPtr = std::shared_ptr<const Audio>;

} // namespace rushes
