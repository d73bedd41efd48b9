#include "generation/warm_up.h"

#include <ATen/ATen.h>

namespace rushes {

void warm_up(c10::Device device) {
    if (device.is_cpu()) {
        return;
    }
    for (const at::ScalarType type : {at::kBFloat16, at::kFloat}) {
        const at::TensorOptions options = at::TensorOptions().device(device).dtype(type);
        const at::Tensor x = at::ones({256, 128}, options);
        at::linear(x, at::ones({128, 128}, options), at::ones({128}, options));
        const at::Tensor tokens = x.view({1, 1, 256, 128});
        at::scaled_dot_product_attention(tokens, tokens, tokens);
        const at::Tensor video = at::ones({1, 16, 4, 16, 16}, options);
        at::conv3d(
            video.contiguous(at::MemoryFormat::ChannelsLast3d),
            at::ones({16, 16, 3, 3, 3}, options).contiguous(at::MemoryFormat::ChannelsLast3d),
            at::ones({16}, options)
        );
    }
}

} // namespace rushes
