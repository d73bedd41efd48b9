#include "nn/work_unit.h"

#include "base/error.h"

#include <ATen/ATen.h>

namespace rushes {

void in_units(
    const std::vector<at::Tensor>& tensors,
    const std::stop_token& stop,
    const std::function<void(const std::vector<at::Tensor>& parts)>& work
) {
    const at::Tensor& whole = tensors.front();
    std::int64_t axis = 0;
    while (axis + 2 < whole.dim() && whole.size(axis) == 1) {
        ++axis;
    }
    const bool divides = axis + 1 < whole.dim() && whole.size(axis) > 1;
    if (!whole.is_cpu() || whole.numel() <= unit_numbers || !divides) {
        throw_if_stopped(stop);
        work(tensors);
        return;
    }
    const std::int64_t size = whole.size(axis);
    const std::int64_t unit = std::max<std::int64_t>(1, unit_numbers / (whole.numel() / size));
    for (std::int64_t first = 0; first < size; first += unit) {
        std::vector<at::Tensor> parts;
        parts.reserve(tensors.size());
        for (const at::Tensor& tensor : tensors) {
            parts.push_back(tensor.narrow(axis, first, std::min(unit, size - first)));
        }
        in_units(parts, stop, work);
    }
}

void copy_in_units(const at::Tensor& to, const at::Tensor& from, const std::stop_token& stop) {
    in_units({to, from.expand_as(to)}, stop, [](const std::vector<at::Tensor>& parts) {
        parts[0].copy_(parts[1]);
    });
}

} // namespace rushes
