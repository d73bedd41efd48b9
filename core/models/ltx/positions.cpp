#include "models/ltx/positions.h"

#include <cmath>
#include <numbers>
#include <utility>

#include <ATen/ATen.h>

namespace rushes::ltx {

namespace {

constexpr double theta = 10000;
constexpr double base_frames = 20; ///< of the positions that were trained: seconds, oddly named
constexpr double base_side = 2048; ///< pixels

/// Each token's place from 0 to about 1: [tokens, 3], fp32 as in the reference.
at::Tensor places(
    const PipelineConfig& config,
    const LatentShape& shape,
    FrameRate rate,
    const std::vector<std::int64_t>& before
) {
    const double fps = rate.fps();
    const auto stride = static_cast<double>(config.vae.frame_stride());
    const auto pixels = static_cast<double>(config.vae.pixel_stride());
    const auto count = [](std::int64_t n) { return at::arange(n, at::kFloat); };
    at::Tensor time = count(shape.frames);
    if (config.kind == PipelineKind::condition) {
        const at::Tensor alone = at::tensor(before, at::kFloat);
        time = at::cat({alone, (time * stride + 1 - stride).clamp_min(0)}) * (1 / fps) / base_frames;
    } else {
        time = time * (stride / fps) / base_frames;
    }
    const std::vector<at::Tensor> grid = at::meshgrid(
        {time, count(shape.height) * pixels / base_side, count(shape.width) * pixels / base_side}, "ij"
    );
    return at::stack(grid, -1).view({-1, 3});
}

} // namespace

// The angles go up to 15,000, where fp32 is off by a thousandth: operations and their order are those of the
// reference, or its roundings would not be met.
RotaryTable rotary_table(
    const PipelineConfig& config,
    const LatentShape& shape,
    FrameRate frame_rate,
    const at::TensorOptions& options,
    const std::vector<std::int64_t>& before
) {
    const std::int64_t dim = config.transformer.dim();
    const at::Tensor exponents = at::linspace(0, 1, dim / 6, at::kFloat);
    const at::Tensor frequencies = at::pow(theta, exponents) * std::numbers::pi / 2;
    const at::Tensor place =
        places(config, shape, frame_rate, before).unsqueeze(-1) * 2 - 1;          // [tokens, 3, 1]
    const at::Tensor angles = (frequencies * place).transpose(-1, -2).flatten(1); // [tokens, dim / 6 * 3]
    const std::int64_t still = dim / 2 - angles.size(1); // pairs that are left over are not turned
    const auto table = [&](const at::Tensor& part, double at_rest) {
        return at::constant_pad_nd(part, {still, 0}, at_rest).unsqueeze(1).to(options);
    };
    at::Tensor cos = table(angles.cos(), 1);
    at::Tensor sin = table(angles.sin(), 0);
    if (cos.is_cpu() && cos.scalar_type() == at::kFloat) {
        return {cos.contiguous(), sin.contiguous(), {}};
    }
    return {{}, {}, at::complex(cos, sin)};
}

} // namespace rushes::ltx
