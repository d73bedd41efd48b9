#include "models/lattice.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rushes {
namespace {

/// Shape first (what is cropped or stretched hurts more than what is scaled), then the nearest area.
PictureSize nearest_of(const std::vector<PictureSize>& sizes, PictureSize wanted) {
    const auto distance = [&](PictureSize size) {
        const double shape =
            std::abs(std::log(double(size.width) * wanted.height / (double(size.height) * wanted.width)));
        const double area =
            std::abs(std::log(double(size.width) * size.height / (double(wanted.width) * wanted.height)));
        return std::pair(std::lround(shape * 1000), area);
    };
    return *std::ranges::min_element(sizes, {}, distance);
}

} // namespace

int nearest_multiple(int value, int multiple) {
    return std::max(multiple, (value + multiple / 2) / multiple * multiple);
}

PictureSize Lattice::completed(PictureSize wanted) const {
    const PictureSize base = sizes.front();
    if (wanted.width == 0 && wanted.height == 0) {
        return base;
    }
    if (wanted.width == 0) {
        wanted.width = static_cast<int>(std::lround(double(wanted.height) * base.width / base.height));
    } else if (wanted.height == 0) {
        wanted.height = static_cast<int>(std::lround(double(wanted.width) * base.height / base.width));
    }
    return {std::max(1, wanted.width), std::max(1, wanted.height)};
}

bool Lattice::holds(PictureSize size) const {
    return size.width > 0 && size.height > 0 && size.width % size_multiple == 0 &&
           size.height % size_multiple == 0;
}

PictureSize Lattice::nearest_size(PictureSize wanted) const {
    const PictureSize size = completed(wanted);
    if (!free_size) {
        return nearest_of(sizes, size);
    }
    return {nearest_multiple(size.width, size_multiple), nearest_multiple(size.height, size_multiple)};
}

PictureSize Lattice::size_of_shape(double shape) const {
    const PictureSize usual = sizes.front();
    const double area = double(usual.width) * usual.height;
    return nearest_size(
        {static_cast<int>(std::lround(std::sqrt(area * shape))),
         static_cast<int>(std::lround(std::sqrt(area / shape)))}
    );
}

bool Lattice::holds_frames(int frames) const {
    return frames >= 1 && (frames - 1) % frame_stride == 0;
}

int Lattice::nearest_frames(int wanted) const {
    int latents = (std::max(wanted, 1) - 1 + frame_stride / 2) / frame_stride + 1;
    if (max_frames > 0 && frames(latents) > max_frames) {
        latents = latent_frames(max_frames);
    }
    return frames(latents);
}

int Lattice::latent_frames(int frames) const {
    return (frames - 1) / frame_stride + 1;
}

int Lattice::frames(int latent_frames) const {
    return latent_frames > 0 ? (latent_frames - 1) * frame_stride + 1 : 0;
}

FrameRange Lattice::frames_of(int latent) const {
    return latent == 0 ? FrameRange{0, 1} : FrameRange{(latent - 1) * frame_stride + 1, frame_stride};
}

} // namespace rushes
