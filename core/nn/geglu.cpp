#include "nn/geglu.h"

#include "nn/cpu/group_norm.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {

at::Tensor geglu(const at::Tensor& x, Backend backend) {
    const std::int64_t size = x.size(-1) / 2;
    if (backend == Backend::reference || !x.is_cpu() || x.scalar_type() != at::kFloat || !x.is_contiguous()) {
        return x.narrow(-1, 0, size) * at::gelu(x.narrow(-1, size, size));
    }
    std::vector<std::int64_t> sizes = x.sizes().vec();
    sizes.back() = size;
    at::Tensor out = at::empty(sizes, x.options());
    const auto* const source = x.const_data_ptr<float>();
    auto* const target = out.mutable_data_ptr<float>();
    const std::int64_t grain = std::max<std::int64_t>(1, 16384 / size);
    at::parallel_for(0, out.numel() / size, grain, [&](std::int64_t begin, std::int64_t end) {
        cpu::geglu(source + begin * 2 * size, target + begin * size, end - begin, size);
    });
    return out;
}

GegluFeedForward::GegluFeedForward(const Weights& weights, std::int64_t size, std::int64_t inner)
    : proj(weights["net"][0]["proj"], size, 2 * inner), out(weights["net"][2], inner, size) {}

at::Tensor GegluFeedForward::forward(const at::Tensor& x, const std::stop_token& stop) const {
    return out.forward(geglu(proj.forward(x, stop)), stop);
}

} // namespace rushes
