#include "export/frame_timing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace rushes::ui {

namespace {

FramePtr mixed(const Frame& a, const Frame& b, double share_of_b, std::int64_t index) {
    constexpr int one = 256;
    const auto weight = static_cast<int>(std::lround(share_of_b * one));
    auto result = std::make_shared<Frame>(a);
    result->index = index;
    for (std::size_t i = 0; i < std::min(a.rgb.size(), b.rgb.size()); ++i) {
        result->rgb[i] =
            static_cast<std::uint8_t>((a.rgb[i] * (one - weight) + b.rgb[i] * weight + one / 2) / one);
    }
    return result;
}

bool sameRate(FrameRate from, FrameRate to) {
    return to.num <= 0 || from.num <= 0 || std::int64_t{from.num} * to.den == std::int64_t{to.num} * from.den;
}

} // namespace

std::int64_t framesAt(std::int64_t frames, FrameRate from, FrameRate to) {
    if (sameRate(from, to)) {
        return frames;
    }
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(frames) * to.fps() / from.fps()));
}

FramePtr frameAt(
    std::int64_t index,
    std::int64_t frames,
    FrameRate from,
    FrameRate to,
    bool blend,
    const std::function<FramePtr(std::int64_t)>& source
) {
    if (sameRate(from, to)) {
        return source(index);
    }
    const double place = static_cast<double>(index) * from.fps() / to.fps();
    constexpr double tiny = 1e-9; // rates divide without a rest only on paper
    const auto before = std::clamp<std::int64_t>(std::llround(std::floor(place + tiny)), 0, frames - 1);
    const std::int64_t after = std::min(before + 1, frames - 1);
    const double share = std::clamp(place - static_cast<double>(before), 0.0, 1.0);
    const FramePtr first = source(before);
    if (!first || !blend || after == before || share < tiny) {
        return first;
    }
    const FramePtr second = source(after);
    return second ? mixed(*first, *second, share, index) : second;
}

} // namespace rushes::ui
