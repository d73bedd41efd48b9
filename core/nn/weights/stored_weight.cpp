#include "nn/weights/stored_weight.h"

#include "base/error.h"
#include "nn/weights/dequantise.h"
#include "nn/work_unit.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace rushes {

namespace {

std::int64_t numbers_in(const std::vector<std::int64_t>& shape, std::size_t from) {
    std::int64_t count = 1;
    for (std::size_t i = from; i < shape.size(); ++i) {
        count *= shape[i];
    }
    return count;
}

} // namespace

bool StoredWeight::is_compact() const {
    return is_block_format(type) || type == TensorDtype::f8_e4m3 || type == TensorDtype::f8_e5m2;
}

/// Rows first ... first + count - 1 of what `data` means, not yet scaled: [count, numbers of a row], fp32 or
/// fp64.
at::Tensor StoredWeight::numbers(std::int64_t first, std::int64_t count) const {
    const std::int64_t row = numbers_in(shape, 1);
    if (is_block_format(type)) {
        const std::int64_t block = block_size(type).numbers;
        return dequantise(data.narrow(0, first * row / block, count * row / block), type).view({count, row});
    }
    const at::ScalarType wide = dtype == at::kDouble ? at::kDouble : at::kFloat;
    return data.narrow(0, first, count).reshape({count, row}).to(wide, false, true);
}

at::Tensor StoredWeight::finished(at::Tensor wide, std::int64_t first, std::int64_t count) const {
    if (scale.defined()) {
        wide.mul_(scale.numel() == 1 ? scale.view({1, 1}) : scale.view({-1, 1}).narrow(0, first, count));
    }
    for (const WeightDelta& delta : deltas) {
        const auto same = [&](const at::Tensor& t) { return t.to(wide.options()); };
        if (delta.full.defined()) {
            wide.add_(same(delta.full.reshape({shape.front(), -1}).narrow(0, first, count)), delta.strength);
        } else {
            wide.addmm_(same(delta.up.narrow(0, first, count)), same(delta.down), 1, delta.strength);
        }
    }
    return wide;
}

at::Tensor StoredWeight::dense(const std::stop_token& stop) const {
    if (is_plain()) {
        return data;
    }
    const std::int64_t row = numbers_in(shape, 1);
    at::Tensor result = at::empty({shape.empty() ? 1 : shape.front(), row}, data.options().dtype(dtype));
    write_to(result, stop);
    return result.view(shape);
}

void StoredWeight::write_to(const at::Tensor& rows, const std::stop_token& stop) const {
    if (is_plain()) {
        copy_in_units(rows, data.reshape(rows.sizes()), stop);
        return;
    }
    const std::int64_t unit = rows_at_once();
    for (std::int64_t first = 0; first < rows.size(0); first += unit) {
        throw_if_stopped(stop);
        const std::int64_t count = std::min(unit, rows.size(0) - first);
        rows.narrow(0, first, count).copy_(finished(numbers(first, count), first, count));
    }
}

StoredWeight StoredWeight::in_fp8(const std::stop_token& stop) const {
    constexpr double largest = 448; // of E4M3
    const std::int64_t rows = shape.front();
    StoredWeight result = *this;
    result.type = TensorDtype::f8_e4m3;
    result.data = at::empty({rows, numbers_in(shape, 1)}, data.options().dtype(at::kFloat8_e4m3fn));
    result.scale = at::empty({rows}, data.options().dtype(at::kFloat));
    result.deltas.clear();
    const std::int64_t unit = rows_at_once();
    for (std::int64_t first = 0; first < rows; first += unit) {
        throw_if_stopped(stop);
        const std::int64_t count = std::min(unit, rows - first);
        at::Tensor wide = finished(numbers(first, count), first, count);
        const at::Tensor peak = wide.abs().amax(1, true);
        const at::Tensor by = at::where(peak > 0, peak / largest, at::ones_like(peak));
        result.data.narrow(0, first, count).copy_(wide.div_(by));
        result.scale.narrow(0, first, count).copy_(by.flatten());
    }
    result.data = result.data.view(shape);
    return result;
}

/// Already what comes out.
bool StoredWeight::is_plain() const {
    const bool same = data.scalar_type() == dtype && !scale.defined() && deltas.empty();
    return !is_block_format(type) && (same || !data.is_floating_point());
}

/// That a work unit takes.
std::int64_t StoredWeight::rows_at_once() const {
    const std::int64_t all = shape.empty() ? 1 : shape.front();
    const std::int64_t row = numbers_in(shape, 1);
    // A writer that folded dimensions may have left blocks across rows.
    if (row % block_size(type).numbers != 0) {
        return all;
    }
    return std::clamp<std::int64_t>(unit_numbers / std::max<std::int64_t>(1, row), 1, all);
}

at::Tensor StoredWeight::rows(std::span<const std::int64_t> ids) const {
    const at::Tensor chosen = at::tensor(at::ArrayRef<std::int64_t>(ids.data(), ids.size()));
    const auto rows_of = [&](const at::Tensor& t) { return t.index_select(0, chosen.to(t.device())); };
    StoredWeight part = *this;
    part.shape.front() = chosen.numel();
    if (is_block_format(type)) {
        part.data = rows_of(data.view({shape.front(), -1, data.size(1)})).flatten(0, 1);
    } else if (is_compact()) { // libtorch does not choose among fp8 numbers
        part.data = rows_of(data.view(at::kByte)).view(data.scalar_type());
    } else {
        part.data = rows_of(data);
    }
    if (scale.defined() && scale.numel() > 1) {
        part.scale = rows_of(scale);
    }
    for (WeightDelta& delta : part.deltas) {
        at::Tensor& per_row = delta.full.defined() ? delta.full : delta.up;
        per_row = rows_of(per_row);
    }
    at::Tensor result = part.dense();
    if (!at::isfinite(result).all().item<bool>()) {
        throw Error(
            ErrorKind::user,
            "The tensor '" + name + "' holds numbers that are not finite.",
            "Download or convert the file again."
        );
    }
    return result;
}

} // namespace rushes
