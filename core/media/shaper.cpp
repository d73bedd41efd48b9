#include "media/shaper.h"

#include <algorithm>
#include <cmath>
#include <vector>

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

namespace rushes {

namespace {

int round_up_to_even(int value) {
    return value + (value & 1);
}

int nearest_even(double value) {
    return std::max(2, 2 * static_cast<int>(std::lround(value / 2)));
}

/// A centred offset that 4:2:0 chroma can have.
int centred(int outer, int inner) {
    return (outer - inner) / 4 * 2;
}

/// A view of a part of an RGB24 picture: same memory.
AVFrame part_of(const AVFrame& picture, const Placement& placement) {
    AVFrame part = picture;
    part.data[0] +=
        static_cast<std::ptrdiff_t>(placement.source_y) * picture.linesize[0] + placement.source_x * 3;
    part.width = placement.source_width;
    part.height = placement.source_height;
    return part;
}

void fill_black(AVFrame& picture) {
    std::ptrdiff_t strides[4];
    std::copy_n(picture.linesize, 4, strides);
    av_image_fill_black(
        picture.data,
        strides,
        static_cast<AVPixelFormat>(picture.format),
        picture.color_range,
        picture.width,
        picture.height
    );
}

/// Copies the part of `from`, put at (x, y), that lies inside `to`, plane by plane.
void paste(const AVFrame& from, AVFrame& to, int x, int y) {
    const auto format = static_cast<AVPixelFormat>(to.format);
    const AVPixFmtDescriptor& description = *av_pix_fmt_desc_get(format);
    const int from_x = std::max(0, -x);
    const int from_y = std::max(0, -y);
    const int to_x = std::max(0, x);
    const int to_y = std::max(0, y);
    const int width = std::min(from.width - from_x, to.width - to_x);
    const int height = std::min(from.height - from_y, to.height - to_y);
    for (int plane = 0; plane < av_pix_fmt_count_planes(format); ++plane) {
        const int shift = plane == 1 || plane == 2 ? description.log2_chroma_h : 0;
        const auto bytes = [&](int pixels) { return av_image_get_linesize(format, pixels, plane); };
        const auto at = [&](const AVFrame& picture, int column, int row) {
            return picture.data[plane] + static_cast<std::ptrdiff_t>(row >> shift) * picture.linesize[plane] +
                   bytes(column);
        };
        av_image_copy_plane(
            at(to, to_x, to_y),
            to.linesize[plane],
            at(from, from_x, from_y),
            from.linesize[plane],
            bytes(width),
            -((-height) >> shift)
        );
    }
}

/// One pass of a running mean over `count` RGB pixels that lie `step` bytes apart; the edge is repeated.
void blur_line(
    std::uint8_t* line, int count, std::ptrdiff_t step, int radius, std::vector<std::uint8_t>& copy
) {
    copy.resize(static_cast<std::size_t>(count));
    for (int channel = 0; channel < 3; ++channel) {
        for (int i = 0; i < count; ++i) {
            copy[static_cast<std::size_t>(i)] = line[i * step + channel];
        }
        const auto value = [&](int i) {
            return int{copy[static_cast<std::size_t>(std::clamp(i, 0, count - 1))]};
        };
        const int width = 2 * radius + 1;
        int sum = 0;
        for (int i = -radius; i <= radius; ++i) {
            sum += value(i);
        }
        for (int i = 0; i < count; ++i) {
            line[i * step + channel] = static_cast<std::uint8_t>((sum + width / 2) / width);
            sum += value(i + radius + 1) - value(i - radius);
        }
    }
}

/// Three box passes come close to a Gaussian (central limit theorem); then darker, so that the clip stands
/// out.
void blur_and_darken(AVFrame& picture) {
    const int radius = std::max(2, std::max(picture.width, picture.height) / 24);
    std::vector<std::uint8_t> copy;
    for (int pass = 0; pass < 3; ++pass) {
        for (int y = 0; y < picture.height; ++y) {
            blur_line(
                picture.data[0] + static_cast<std::ptrdiff_t>(y) * picture.linesize[0],
                picture.width,
                3,
                radius,
                copy
            );
        }
        for (int x = 0; x < picture.width; ++x) {
            blur_line(
                picture.data[0] + static_cast<std::ptrdiff_t>(x) * 3,
                picture.height,
                picture.linesize[0],
                radius,
                copy
            );
        }
    }
    for (int y = 0; y < picture.height; ++y) {
        std::uint8_t* row = picture.data[0] + static_cast<std::ptrdiff_t>(y) * picture.linesize[0];
        std::transform(row, row + picture.width * 3, row, [](std::uint8_t v) {
            return static_cast<std::uint8_t>(v * 5 / 8);
        });
    }
}

} // namespace

bool nearly_same_shape(int from_width, int from_height, int to_width, int to_height) {
    const double from = static_cast<double>(from_width) / from_height;
    const double to = static_cast<double>(to_width) / to_height;
    constexpr double most = 1.03;
    return std::max(from, to) / std::min(from, to) <= most;
}

Placement fit_inside(int from_width, int from_height, int to_width, int to_height) {
    const double scale =
        std::min(static_cast<double>(to_width) / from_width, static_cast<double>(to_height) / from_height);
    Placement placement{0, 0, from_width, from_height, 0, 0, 0, 0};
    placement.scaled_width = std::min(nearest_even(from_width * scale), to_width);
    placement.scaled_height = std::min(nearest_even(from_height * scale), to_height);
    placement.x = centred(to_width, placement.scaled_width);
    placement.y = centred(to_height, placement.scaled_height);
    return placement;
}

Placement fill_outside(int from_width, int from_height, int to_width, int to_height) {
    const double scale =
        std::max(static_cast<double>(to_width) / from_width, static_cast<double>(to_height) / from_height);
    Placement placement;
    // Whole source pixels, of the same parity as the source so that the cut stays centred.
    const auto cut = [&](int from, int to) {
        int length = std::min(from, static_cast<int>(std::ceil(to / scale - 1e-6)));
        return length + ((from - length) & 1);
    };
    placement.source_width = cut(from_width, to_width);
    placement.source_height = cut(from_height, to_height);
    placement.source_x = (from_width - placement.source_width) / 2;
    placement.source_y = (from_height - placement.source_height) / 2;
    placement.scaled_width = std::max(to_width, nearest_even(placement.source_width * scale));
    placement.scaled_height = std::max(to_height, nearest_even(placement.source_height * scale));
    placement.x = -centred(placement.scaled_width, to_width);
    placement.y = -centred(placement.scaled_height, to_height);
    return placement;
}

Shaper::Shaper(int from_width, int from_height, int to_width, int to_height, Fit fit, AVPixelFormat format) {
    const AVPixFmtDescriptor& description = *av_pix_fmt_desc_get(format);
    const bool even = description.log2_chroma_w > 0;
    const bool native =
        to_width <= 0 || to_height <= 0 || (to_width == from_width && to_height == from_height);
    const auto side = [&](int length) { return even ? round_up_to_even(length) : length; };
    if (native) {
        source_ = ffmpeg::make_picture(side(from_width), side(from_height), AV_PIX_FMT_RGB24);
        target_ = ffmpeg::make_picture(source_->width, source_->height, format);
        return;
    }
    source_ = ffmpeg::make_picture(from_width, from_height, AV_PIX_FMT_RGB24);
    target_ = ffmpeg::make_picture(side(to_width), side(to_height), format);
    if (fit != Fit::crop && nearly_same_shape(from_width, from_height, target_->width, target_->height)) {
        fit = Fit::crop; // slivers at two sides are worse than a few lost columns
    }
    const auto place = fit == Fit::crop ? fill_outside : fit_inside;
    placement_ = place(from_width, from_height, target_->width, target_->height);
    direct_ = placement_.scaled_width == target_->width && placement_.scaled_height == target_->height;
    if (direct_) {
        return;
    }
    scaled_ = ffmpeg::make_picture(placement_.scaled_width, placement_.scaled_height, format);
    if (fit == Fit::blur) {
        background_ = fill_outside(from_width, from_height, target_->width, target_->height);
        small_ = ffmpeg::make_picture(
            std::max(8, target_->width / 16), std::max(8, target_->height / 16), AV_PIX_FMT_RGB24
        );
    }
    fill_black(*target_);
}

void Shaper::draw_background() {
    const AVFrame part = part_of(*source_, background_);
    to_small_.run(part, *small_);
    blur_and_darken(*small_);
    enlarge_.run(*small_, *target_);
}

AVFrame& Shaper::draw(const Frame& frame) {
    copy_rgb(frame, *source_);
    ffmpeg::make_writable(*target_);
    if (placement_.source_width == 0) {
        to_target_.run(*source_, *target_);
        return *target_;
    }
    const AVFrame part = part_of(*source_, placement_);
    if (direct_) {
        to_target_.run(part, *target_);
        return *target_;
    }
    if (small_) {
        draw_background();
    }
    to_target_.run(part, *scaled_);
    paste(*scaled_, *target_, placement_.x, placement_.y);
    return *target_;
}

} // namespace rushes
