// What a clip looks like, coarsely: found again by it after a platform encoded it anew, made it smaller, cut
// its sides off and lost its recipe.
#pragma once

#include "base/frame.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace rushes {

/// A picture as mean values of blocks, row by row: Y', Cb and Cr of BT.709 in full range.
struct LookPicture {
    static constexpr int light_side = 24;
    static constexpr int colour_side = 12;

    std::array<std::uint8_t, std::size_t{light_side} * light_side> light{};
    std::array<std::uint8_t, std::size_t{colour_side} * colour_side> blue{};
    std::array<std::uint8_t, std::size_t{colour_side} * colour_side> red{};

    bool operator==(const LookPicture&) const = default;
};

LookPicture look_of(const Frame& frame);

/// Three moments of a clip, at 1, 2 and 3 quarters.
struct ClipLook {
    static constexpr int moments = 3;

    int width = 0; ///< of the clip
    int height = 0;
    std::array<LookPicture, moments> pictures;

    bool operator==(const ClipLook&) const = default;
};

/// `at`: the clip's frames by their index; null for one that can't be read: then there is no look.
std::optional<ClipLook>
look_of_clip(std::int64_t frames, const std::function<FramePtr(std::int64_t index)>& at);

std::string to_bytes(const ClipLook& look);
std::optional<ClipLook> look_from_bytes(std::string_view bytes); ///< empty for what is none

/// Looks that differ by less are of the same clip. Of ten clips of the built-in model none was beyond 8 after
/// it was encoded anew, enlarged and cut to other aspects; of five none beyond 10.8 after 4 or 8 % of each
/// side were cut off on every edge; and no other one, of the same prompt too, was below 19.
inline constexpr double most_difference_of_same = 11;

/// How far `seen` is from `whole`, or from a part of it with the aspect of `seen` and its full width or
/// height, or from such a part of its middle, where up to a twelfth is cut off on every side: the rms of the
/// differences in levels of 255, mean of the moments. Bars beside the picture are taken for picture.
double difference(const ClipLook& whole, const ClipLook& seen);

} // namespace rushes
