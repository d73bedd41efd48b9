#include "media/quality.h"

#include "base/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

namespace rushes {
namespace {

constexpr int channels = 3;
constexpr int window = 11;
constexpr int block = 8;

std::string size_text(const Frame& frame) {
    return std::to_string(frame.width) + "x" + std::to_string(frame.height);
}

void require_same_size(const Frame& a, const Frame& b) {
    if (a.width != b.width || a.height != b.height) {
        throw Error(
            ErrorKind::user, "Frames of " + size_text(a) + " and " + size_text(b) + " cannot be compared."
        );
    }
}

void require_same_length(std::span<const Frame> a, std::span<const Frame> b) {
    if (a.size() != b.size() || a.empty()) {
        throw Error(
            ErrorKind::user,
            "Clips of " + std::to_string(a.size()) + " and " + std::to_string(b.size()) +
                " frames cannot be compared."
        );
    }
}

double squared_error(const Frame& a, const Frame& b) {
    require_same_size(a, b);
    double sum = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) {
        const double difference = static_cast<double>(a.rgb[i]) - static_cast<double>(b.rgb[i]);
        sum += difference * difference;
    }
    return sum;
}

double decibels(double squared_error, double count) {
    return squared_error > 0 ? 10 * std::log10(255.0 * 255.0 * count / squared_error)
                             : std::numeric_limits<double>::infinity();
}

std::array<double, window> gaussian() {
    constexpr double sigma = 1.5;
    std::array<double, window> weights{};
    double sum = 0;
    for (int i = 0; i < window; ++i) {
        constexpr int middle = window / 2;
        const double x = i - middle;
        weights[static_cast<std::size_t>(i)] = std::exp(-x * x / (2 * sigma * sigma));
        sum += weights[static_cast<std::size_t>(i)];
    }
    for (double& weight : weights) {
        weight /= sum;
    }
    return weights;
}

struct Plane {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<double> values;
};

/// Weighted means under the window, only where it lies inside: width and height shrink by 10.
Plane blurred(const Plane& plane) {
    static const std::array<double, window> weights = gaussian();
    Plane rows{plane.width - window + 1, plane.height, {}};
    rows.values.resize(rows.width * rows.height);
    for (std::size_t y = 0; y < rows.height; ++y) {
        for (std::size_t x = 0; x < rows.width; ++x) {
            double sum = 0;
            for (std::size_t i = 0; i < window; ++i) {
                sum += weights[i] * plane.values[y * plane.width + x + i];
            }
            rows.values[y * rows.width + x] = sum;
        }
    }
    Plane result{rows.width, plane.height - window + 1, {}};
    result.values.assign(result.width * result.height, 0.0);
    for (std::size_t y = 0; y < result.height; ++y) {
        for (std::size_t i = 0; i < window; ++i) {
            for (std::size_t x = 0; x < result.width; ++x) {
                result.values[y * result.width + x] += weights[i] * rows.values[(y + i) * rows.width + x];
            }
        }
    }
    return result;
}

/// The products of two channels, pixel by pixel; a channel itself when `b` is null.
Plane product(const Frame& a, const Frame* b, std::size_t channel) {
    Plane plane{static_cast<std::size_t>(a.width), static_cast<std::size_t>(a.height), {}};
    plane.values.reserve(plane.width * plane.height);
    for (std::size_t i = channel; i < a.rgb.size(); i += channels) {
        plane.values.push_back(static_cast<double>(a.rgb[i]) * (b == nullptr ? 1.0 : b->rgb[i]));
    }
    return plane;
}

double channel_ssim(const Frame& a, const Frame& b, std::size_t channel) {
    constexpr double c1 = 0.01 * 255 * 0.01 * 255;
    constexpr double c2 = 0.03 * 255 * 0.03 * 255;
    const Plane mean_a = blurred(product(a, nullptr, channel));
    const Plane mean_b = blurred(product(b, nullptr, channel));
    const Plane square_a = blurred(product(a, &a, channel));
    const Plane square_b = blurred(product(b, &b, channel));
    const Plane mixed = blurred(product(a, &b, channel));
    double sum = 0;
    for (std::size_t i = 0; i < mixed.values.size(); ++i) {
        const double ma = mean_a.values[i];
        const double mb = mean_b.values[i];
        const double variances = square_a.values[i] - ma * ma + square_b.values[i] - mb * mb;
        const double covariance = mixed.values[i] - ma * mb;
        sum += (2 * ma * mb + c1) * (2 * covariance + c2) / ((ma * ma + mb * mb + c1) * (variances + c2));
    }
    return sum / static_cast<double>(mixed.values.size());
}

/// Sum of the absolute differences within a block when it stands still, else -1.
int static_change(const Frame& before, const Frame& after, int left, int top) {
    std::array<int, channels> shift{};
    int change = 0;
    for (int y = top; y < top + block; ++y) {
        for (int x = left; x < left + block; ++x) {
            const std::size_t pixel = (static_cast<std::size_t>(y) * static_cast<std::size_t>(after.width) +
                                       static_cast<std::size_t>(x)) *
                                      channels;
            for (std::size_t c = 0; c < channels; ++c) {
                const int difference = int{after.rgb[pixel + c]} - int{before.rgb[pixel + c]};
                shift[c] += difference;
                change += std::abs(difference);
            }
        }
    }
    const auto still = [](int sum) { return std::abs(sum) < 2 * block * block; };
    return std::ranges::all_of(shift, still) ? change : -1;
}

} // namespace

double psnr(const Frame& a, const Frame& b) {
    return decibels(squared_error(a, b), static_cast<double>(a.rgb.size()));
}

double psnr(std::span<const Frame> a, std::span<const Frame> b) {
    require_same_length(a, b);
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += squared_error(a[i], b[i]);
        count += static_cast<double>(a[i].rgb.size());
    }
    return decibels(sum, count);
}

double ssim(const Frame& a, const Frame& b) {
    require_same_size(a, b);
    if (a.width < window || a.height < window) {
        throw Error(
            ErrorKind::user,
            "Frames of " + size_text(a) + " are too small for SSIM, which looks at 11x11 pixels."
        );
    }
    double sum = 0;
    for (std::size_t c = 0; c < channels; ++c) {
        sum += channel_ssim(a, b, c);
    }
    return sum / channels;
}

double ssim(std::span<const Frame> a, std::span<const Frame> b) {
    require_same_length(a, b);
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += ssim(a[i], b[i]);
    }
    return sum / static_cast<double>(a.size());
}

void FlickerMeter::add(FramePtr frame) {
    if (last_) {
        add_change(*last_, *frame);
    }
    last_ = std::move(frame);
}

void FlickerMeter::add_change(const Frame& before, const Frame& after) {
    require_same_size(before, after);
    for (int top = 0; top + block <= after.height; top += block) {
        for (int left = 0; left + block <= after.width; left += block) {
            const int sum = static_change(before, after, left, top);
            still_ += sum >= 0 ? 1 : 0;
            change_ += std::max(sum, 0);
            ++blocks_;
        }
    }
}

Flicker FlickerMeter::value() const {
    if (still_ == 0) {
        return {};
    }
    return {.mean = change_ / (still_ * block * block * channels), .static_share = still_ / blocks_};
}

Flicker flicker(std::span<const Frame> clip) {
    FlickerMeter meter;
    for (std::size_t i = 1; i < clip.size(); ++i) {
        meter.add_change(clip[i - 1], clip[i]);
    }
    return meter.value();
}

} // namespace rushes
