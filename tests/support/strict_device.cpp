// Source of the pattern: PyTorch, "Facilitating New Backend Integration by PrivateUse1".
#include "support/strict_device.h"

#include <cstdlib>
#include <new>
#include <optional>
#include <string>

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/_reshape_alias_cpu_dispatch.h>
#include <ATen/ops/as_strided_cpu_dispatch.h>
#include <ATen/ops/view_cpu_dispatch.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

namespace rushes::test {
namespace {

constexpr auto type = c10::DeviceType::PrivateUse1;
constexpr c10::DispatchKeySet keys(c10::DispatchKey::PrivateUse1);

struct Memory final : c10::Allocator {
    c10::DataPtr allocate(std::size_t bytes) override {
        void* const data = bytes > 0 ? std::malloc(bytes) : nullptr;
        if (bytes > 0 && data == nullptr) {
            throw std::bad_alloc();
        }
        return {data, data, &std::free, c10::Device(type, 0)};
    }

    c10::DeleterFnPtr raw_deleter() const override { return &std::free; }

    void copy_data(void* to, const void* from, std::size_t bytes) const override {
        default_copy_data(to, from, bytes);
    }
};

/// The only place that may look at numbers of both sides.
at::Tensor on_cpu(const at::Tensor& tensor) {
    return at::from_blob(
        tensor.data_ptr(), tensor.sizes(), tensor.strides(), tensor.options().device(at::kCPU)
    );
}

at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool /*non_blocking*/) {
    on_cpu(to).copy_(on_cpu(from));
    return to;
}

/// For the results of operations, whose old numbers nobody wants.
const at::Tensor&
sized(const at::Tensor& tensor, at::IntArrayRef size, std::optional<at::MemoryFormat> /*format*/) {
    if (tensor.sizes() != size) {
        at::TensorImpl* const impl = tensor.unsafeGetTensorImpl();
        impl->set_storage_keep_dtype(at::empty(size, tensor.options()).storage());
        impl->set_storage_offset(0);
        impl->set_sizes_contiguous(size);
    }
    return tensor;
}

at::Tensor copy_from_and_resize(const at::Tensor& from, const at::Tensor& to) {
    return copy_from(from, sized(to, from.sizes(), std::nullopt), false);
}

at::Tensor empty(
    at::IntArrayRef size,
    std::optional<at::ScalarType> dtype,
    std::optional<at::Layout> /*layout*/,
    std::optional<at::Device> /*device*/,
    std::optional<bool> /*pin_memory*/,
    std::optional<at::MemoryFormat> format
) {
    return at::detail::empty_generic(size, c10::GetAllocator(type), keys, dtype.value_or(at::kFloat), format);
}

at::Tensor empty_strided(
    at::IntArrayRef size,
    at::IntArrayRef stride,
    std::optional<at::ScalarType> dtype,
    std::optional<at::Layout> /*layout*/,
    std::optional<at::Device> /*device*/,
    std::optional<bool> /*pin_memory*/
) {
    return at::detail::empty_strided_generic(
        size, stride, c10::GetAllocator(type), keys, dtype.value_or(at::kFloat)
    );
}

/// Numbers of the CPU may stand beside the device's tensors, arrays may not.
void check(const std::string& operation, const at::Tensor& tensor) {
    TORCH_CHECK(
        !tensor.defined() || tensor.dim() == 0 || tensor.device().type() == type,
        operation,
        " meets a tensor of ",
        tensor.device(),
        " beside the device's"
    );
}

void compute(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
    for (const c10::IValue& argument : *stack) {
        if (argument.isTensor()) {
            check(op.schema().name(), argument.toTensor());
        } else if (argument.isTensorList()) {
            for (const at::Tensor& tensor : argument.toTensorVector()) {
                check(op.schema().name(), tensor);
            }
        }
    }
    at::native::cpu_fallback(op, stack);
}

/// libtorch asks other devices than its own for this one.
at::Tensor convolution(
    const at::Tensor& input,
    const at::Tensor& weight,
    const std::optional<at::Tensor>& bias,
    at::IntArrayRef stride,
    at::IntArrayRef padding,
    at::IntArrayRef dilation,
    bool transposed,
    at::IntArrayRef output_padding,
    std::int64_t groups
) {
    check("convolution", weight);
    check("convolution", bias.value_or(at::Tensor()));
    const auto cpu_bias = bias ? std::optional(on_cpu(*bias)) : std::nullopt;
    return at::convolution(
               on_cpu(input),
               on_cpu(weight),
               cpu_bias,
               stride,
               padding,
               dilation,
               transposed,
               output_padding,
               groups
    )
        .to(input.device());
}

} // namespace

const char* strict_device() {
    static Memory memory;
    static const c10::impl::NoOpDeviceGuardImpl<type> guard;
    static const bool known = [] {
        c10::SetAllocator(type, &memory);
        c10::impl::device_guard_impl_registry[static_cast<std::size_t>(type)].store(&guard);
        return true;
    }();
    static_cast<void>(known);
    return "privateuseone:0";
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) {
    library.fallback(torch::CppFunction::makeFromBoxedFunction<&compute>());
}

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
    library.impl("empty.memory_format", &empty);
    library.impl("empty_strided", &empty_strided);
    library.impl("_copy_from", &copy_from);
    library.impl("_copy_from_and_resize", &copy_from_and_resize);
    library.impl("resize_", &sized);
    library.impl("convolution_overrideable", &convolution);
    library.impl("as_strided", &at::cpu::as_strided);
    library.impl(
        "view", TORCH_FN(static_cast<at::Tensor (*)(const at::Tensor&, at::IntArrayRef)>(&at::cpu::view))
    );
    library.impl("_reshape_alias", &at::cpu::_reshape_alias);
}

} // namespace rushes::test
