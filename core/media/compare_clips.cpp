#include "media/compare_clips.h"

#include "base/error.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

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
    ClipComparison result;
    FlickerMeter first_flicker;
    FlickerMeter second_flicker;
    double error = 0; // mean squared, summed over frames
    while (true) {
        throw_if_stopped(stop);
        const FramePtr a = first.next();
        const FramePtr b = second.next();
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
