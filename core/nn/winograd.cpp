#include "nn/winograd.h"

#include "base/error.h"
#include "nn/cpu/winograd.h"
#include "nn/work_unit.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/record_function.h>

namespace rushes {
namespace {

using cpu::winograd_channels;
using cpu::WinogradGroup;
using cpu::WinogradShape;

// For second-level caches of about 1 MiB a core and a third-level one of 16 MiB or more.
constexpr std::int64_t most_weight_numbers = 6'000'000; ///< transformed at once
constexpr std::int64_t most_factor_numbers = 1'000'000; ///< of the tiles computed at once
constexpr std::int64_t tiles_that_pay = 16;             ///< of one frame
constexpr std::int64_t fewest_tiles = 24;
constexpr std::int64_t most_tiles = 96;
constexpr std::int64_t strip = 12; ///< a multiple of what the kernels take together

WinogradShape shape_of(const ConvShape& shape, const at::Tensor& x, std::int64_t enlarged = 1) {
    return {
        .frames = x.size(0) - shape.kernel_t + 1,
        .height = x.size(1) * enlarged,
        .width = x.size(2) * enlarged,
        .in = shape.in,
        .out = shape.out,
        .taps = shape.kernel_t,
        .enlarged = enlarged
    };
}

/// The output's channels in equal parts.
std::int64_t group_size(const WinogradShape& shape) {
    const std::int64_t units = shape.out / winograd_channels;
    std::int64_t parts = 1;
    while (units % parts != 0 ||
           (36 * shape.depth() * shape.out / parts > most_weight_numbers && parts < units)) {
        ++parts;
    }
    return shape.out / parts;
}

/// By the definition of a convolution.
double direct_flop(const WinogradShape& shape, std::int64_t outs) {
    return 18.0 * static_cast<double>(shape.depth() * outs) *
           static_cast<double>(shape.frames * shape.height * shape.width);
}

struct Blocks {
    std::int64_t tiles = 0; ///< that are computed together by one thread
    std::int64_t count = 0;
    std::int64_t unit = 0; ///< blocks between two looks at a stop request
};

/// The threads get equally many.
Blocks blocks_of(const WinogradShape& shape, std::int64_t outs) {
    const std::int64_t wanted =
        std::clamp(most_factor_numbers / (36 * shape.depth()) / strip * strip, fewest_tiles, most_tiles);
    const std::int64_t threads = at::get_num_threads();
    const std::int64_t rounds = (shape.tiles() + wanted * threads - 1) / (wanted * threads);
    Blocks blocks;
    blocks.tiles = (shape.tiles() + rounds * threads - 1) / (rounds * threads);
    blocks.count = (shape.tiles() + blocks.tiles - 1) / blocks.tiles;
    const double units = std::max(1.0, direct_flop(shape, outs) / unit_flop);
    blocks.unit = std::max<std::int64_t>(threads, std::int64_t(static_cast<double>(blocks.count) / units));
    return blocks;
}

at::Tensor convolve(
    const at::Tensor& x,
    const at::Tensor& weight,
    const at::Tensor& bias,
    const WinogradShape& shape,
    const std::stop_token& stop
) {
    const cpu::WinogradKernels& kernels = *cpu::winograd_kernels();
    const at::Tensor result = at::empty({shape.frames, shape.height, shape.width, shape.out}, x.options());
    const std::int64_t size = group_size(shape);
    const Blocks blocks = blocks_of(shape, size);
    const at::Tensor transformed = at::empty({36 * shape.depth() * size}, x.options());
    for (WinogradGroup group{0, size}; group.first < shape.out; group.first += size) {
        throw_if_stopped(stop);
        at::parallel_for(0, size / winograd_channels, 1, [&](std::int64_t begin, std::int64_t end) {
            kernels.transform(
                weight.const_data_ptr<float>(),
                shape,
                group,
                begin * winograd_channels,
                (end - begin) * winograd_channels,
                transformed.data_ptr<float>()
            );
        });
        for (std::int64_t next = 0; next < blocks.count; next += blocks.unit) {
            throw_if_stopped(stop);
            const std::int64_t end_of_unit = std::min(next + blocks.unit, blocks.count);
            const double flop = direct_flop(shape, size) * static_cast<double>(end_of_unit - next) /
                                static_cast<double>(blocks.count);
            RECORD_FUNCTION(
                "rushes::winograd", std::vector<c10::IValue>{flop}
            ); // for profilers, as ATen's own
            at::parallel_for(next, end_of_unit, 1, [&](std::int64_t begin, std::int64_t end) {
                const at::Tensor room =
                    at::empty({cpu::winograd_room(shape, group, blocks.tiles)}, x.options());
                for (std::int64_t i = begin; i < end; ++i) {
                    kernels.tiles(
                        x.const_data_ptr<float>(),
                        transformed.const_data_ptr<float>(),
                        bias.defined() ? bias.const_data_ptr<float>() : nullptr,
                        result.data_ptr<float>(),
                        shape,
                        group,
                        i * blocks.tiles,
                        std::min(blocks.tiles, shape.tiles() - i * blocks.tiles),
                        room.data_ptr<float>()
                    );
                }
            });
        }
    }
    return result;
}

} // namespace

bool winograd_takes(const ConvShape& shape, const at::Tensor& weight) {
    return weight.is_cpu() && weight.scalar_type() == at::kFloat && shape.kernel == 3 && shape.stride == 1 &&
           shape.stride_t == 1 && shape.padding == 1 && shape.in % winograd_channels == 0 &&
           shape.out % winograd_channels == 0 && cpu::winograd_kernels() != nullptr;
}

bool winograd_pays(const ConvShape& shape, const at::Tensor& x) {
    const WinogradShape whole = shape_of(shape, x);
    return whole.tiles() / whole.frames >= tiles_that_pay;
}

at::Tensor winograd_convolution(
    const at::Tensor& x,
    const at::Tensor& weight,
    const at::Tensor& bias,
    const ConvShape& shape,
    const std::stop_token& stop
) {
    return convolve(x, weight, bias, shape_of(shape, x), stop);
}

at::Tensor enlarging_winograd_convolution(
    const at::Tensor& x,
    const at::Tensor& weight,
    const at::Tensor& bias,
    const ConvShape& shape,
    const std::stop_token& stop
) {
    return convolve(x, weight, bias, shape_of(shape, x, 2), stop);
}

} // namespace rushes
