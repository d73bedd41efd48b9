#include "nn/geglu.h"

#include "nn/cpu/group_norm.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {
namespace {

/// What lies between the two products is eight times as wide as what goes in: of so many rows it stays in the
/// processor's cache, where that of a whole clip would be its largest tensor.
constexpr std::int64_t rows_at_once = 1024;

} // namespace

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
    const auto of = [&](const at::Tensor& rows) {
        return out.forward(geglu(proj.forward(rows, stop)), stop);
    };
    const at::Tensor rows = x.flatten(0, -2);
    if (!x.is_cpu() || rows.size(0) <= rows_at_once) {
        return of(x);
    }
    at::Tensor result = at::empty(rows.sizes(), x.options());
    for (std::int64_t first = 0; first < rows.size(0); first += rows_at_once) {
        const std::int64_t count = std::min(rows_at_once, rows.size(0) - first);
        result.narrow(0, first, count).copy_(of(rows.narrow(0, first, count)));
    }
    return result.view(x.sizes());
}

} // namespace rushes
