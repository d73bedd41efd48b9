#include "models/pixels.h"

#include "nn/card_kernels.h"
#include "nn/layers.h"

#include <ATen/ATen.h>

namespace rushes {
namespace {

/// In fp32 or wider, in memory of its own.
at::Tensor wide_copy(const at::Tensor& x) {
    return x.to(compute_type(x.scalar_type()), /*non_blocking=*/false, /*copy=*/true);
}

at::Tensor bytes_of_copy(at::Tensor levels) {
    return levels.clamp_(0, 1).mul_(255).round_().to(at::kByte).contiguous();
}

at::Tensor bytes_on_card(const at::Tensor& pixels) {
    const at::Tensor bytes = at::empty(pixels.sizes(), pixels.options().dtype(at::kByte));
    with_number(pixels.scalar_type(), [&](auto number) {
        using Number = decltype(number);
        const cuda::ToBytes<Number> body{
            numbers<Number>(pixels), numbers<std::uint8_t>(bytes), pixels.numel()
        };
        launch_for(bytes, body, (pixels.numel() + cuda::warp_lanes - 1) / cuda::warp_lanes);
    });
    return bytes;
}

} // namespace

at::Tensor bytes_of_levels(const at::Tensor& levels) {
    return bytes_of_copy(wide_copy(levels));
}

at::Tensor bytes_of_pixels(const at::Tensor& pixels) {
    if (has_card_kernels(pixels) && pixels.is_contiguous()) {
        return bytes_on_card(pixels);
    }
    return bytes_of_copy(wide_copy(pixels).mul_(0.5).add_(0.5));
}

} // namespace rushes
