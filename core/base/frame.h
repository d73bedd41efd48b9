// A picture of the clip, as everything after the decoder sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace rushes {

/// Exact frame rate in frames per second, as a fraction (30000/1001 stays exact).
struct FrameRate {
    int num = 12;
    int den = 1;

    double fps() const { return static_cast<double>(num) / den; }

    bool operator==(const FrameRate&) const = default;
};

/// Immutable once shared. `rgb` holds height rows of width pixels, 3 bytes each (R, G, B; full range,
/// sRGB/BT.709 primaries), no padding between rows.
struct Frame {
    int width = 0;
    int height = 0;
    std::int64_t index = 0; ///< position in the clip, from 0
    std::vector<std::uint8_t> rgb;

    std::size_t bytes() const { return rgb.size(); }
};

using FramePtr = std::shared_ptr<const Frame>;

} // namespace rushes
