#include "models/unet/resnet_block.h"

#include <ATen/ATen.h>

namespace rushes {

ResnetBlock::ResnetBlock(const Weights& weights, const ResnetShape& shape)
    : norm1(weights["norm1"], shape.in, shape.groups, shape.eps),
      conv1(weights["conv1"], shape.in, shape.out, 3),
      norm2(weights["norm2"], shape.out, shape.groups, shape.eps),
      conv2(weights["conv2"], shape.out, shape.out, 3) {
    if (shape.time > 0) {
        time_emb_proj = Linear(weights["time_emb_proj"], shape.time, shape.out);
    }
    if (shape.in != shape.out) {
        conv_shortcut = pointwise(weights["conv_shortcut"], shape.in, shape.out);
    }
}

at::Tensor
ResnetBlock::forward(const at::Tensor& x, const at::Tensor& time, const std::stop_token& stop) const {
    at::Tensor h = conv1.forward(norm1.silu(x, {}, stop), stop);
    const at::Tensor offset = time_emb_proj ? time_emb_proj->forward(time).flatten() : at::Tensor();
    h = conv2.forward(norm2.silu(h, offset, stop), stop);
    return h.add_(conv_shortcut ? conv_shortcut->forward(x, stop) : x);
}

} // namespace rushes
