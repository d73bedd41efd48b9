// Sound of the clip as plain samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace rushes {

/// What stays the same through a clip.
struct AudioShape {
    int sample_rate = 48'000; ///< instants a second
    int channels = 2;
};

/// Immutable once shared. `samples` holds one value a channel, channel after channel within each instant,
/// -1..1.
struct Audio {
    int sample_rate = 48'000; ///< instants a second
    int channels = 2;
    std::int64_t first = 0; ///< instant of the clip, from 0
    std::vector<float> samples;

    std::size_t bytes() const { return samples.size() * sizeof(float); }
};

using AudioPtr = std::shared_ptr<const Audio>;

} // namespace rushes
