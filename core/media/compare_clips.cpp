#include "media/compare_clips.h"

#include "base/error.h"
#include "base/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <string>

namespace rushes {
namespace {

int largest_difference(const Frame& a, const Frame& b) {
    return std::transform_reduce(
        a.rgb.begin(),
        a.rgb.end(),
        b.rgb.begin(),
        0,
        [](int x, int y) { return std::max(x, y); },
        [](int x, int y) { return std::abs(x - y); }
    );
}

/// Sides that video formats make even, and the rounding of a scale, are no other shape.
bool same_shape(const ClipFacts& a, const ClipFacts& b) {
    constexpr double tolerance = 0.02;
    const double ratio = static_cast<double>(a.width) * b.height / (static_cast<double>(b.width) * a.height);
    return std::abs(ratio - 1) <= tolerance;
}

std::string size_text(const ClipFacts& facts) {
    return std::to_string(facts.width) + "x" + std::to_string(facts.height);
}

void require_same_shape(const ClipFacts& a, const ClipFacts& b) {
    if (!same_shape(a, b)) {
        throw Error(
            ErrorKind::user,
            "Clips of " + size_text(a) + " and " + size_text(b) +
                " have different shapes: how alike they are cannot be measured."
        );
    }
}

FramePtr at_size(FramePtr frame, int width, int height) {
    if (frame && (frame->width != width || frame->height != height)) {
        frame = std::make_shared<Frame>(resample(*frame, width, height, Kernel::lanczos));
    }
    return frame;
}

} // namespace

ClipComparison compare_clips(
    ClipReader& first,
    ClipReader& second,
    const std::function<void(double share)>& done,
    const std::stop_token& stop
) {
    first.rewind();
    second.rewind();
    const std::int64_t expected =
        std::max<std::int64_t>(1, std::min(first.facts().frames, second.facts().frames));
    require_same_shape(first.facts(), second.facts());
    const bool first_is_smaller = first.facts().width <= second.facts().width;
    const ClipFacts& smaller = first_is_smaller ? first.facts() : second.facts();
    ClipComparison result;
    result.width = smaller.width;
    result.height = smaller.height;
    result.scaled =
        first.facts().width != second.facts().width || first.facts().height != second.facts().height;
    FlickerMeter first_flicker;
    FlickerMeter second_flicker;
    double error = 0; // mean squared, summed over frames
    while (true) {
        throw_if_stopped(stop);
        const FramePtr a = at_size(first.next(), result.width, result.height);
        const FramePtr b = at_size(second.next(), result.width, result.height);
        if (!a || !b) {
            break;
        }
        const double similarity = ssim(*a, *b);
        if (result.frames == 0 || similarity < result.least_ssim) {
            result.least_ssim = similarity;
            result.least_frame = result.frames;
        }
        result.ssim += similarity;
        result.frame_ssim.push_back(similarity);
        result.largest_difference = std::max(result.largest_difference, largest_difference(*a, *b));
        error += std::pow(10, -psnr(*a, *b) / 10);
        first_flicker.add(a);
        second_flicker.add(b);
        ++result.frames;
        if (done) {
            done(std::min(1.0, static_cast<double>(result.frames) / static_cast<double>(expected)));
        }
    }
    if (result.frames == 0) {
        throw Error(ErrorKind::user, "The clips have no frame to compare.");
    }
    const auto frames = static_cast<double>(result.frames);
    result.ssim /= frames;
    result.psnr = -10 * std::log10(error / frames); // infinite for 0
    result.first = first_flicker.value();
    result.second = second_flicker.value();
    return result;
}

} // namespace rushes
