// Source of the pattern: PyTorch, "Facilitating New Backend Integration by PrivateUse1".
#include "support/strict_device.h"

#include "support/strict_memory.h"

#include <optional>
#include <string>

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/_reshape_alias_cpu_dispatch.h>
#include <ATen/ops/as_strided_cpu_dispatch.h>
#include <ATen/ops/view_as_complex_native.h>
#include <ATen/ops/view_as_real_native.h>
#include <ATen/ops/view_cpu_dispatch.h>
#include <torch/library.h>

namespace rushes::test {
namespace {

constexpr c10::DispatchKeySet keys(c10::DispatchKey::PrivateUse1);

/// As long as one lives, this thread's copies are part of an operation, which counts once.
class WithinOperation {
public:
    explicit WithinOperation(std::int64_t kernels) {
        if (depth()++ == 0) {
            count_launches(kernels);
        }
    }

    ~WithinOperation() { --depth(); }

    WithinOperation(const WithinOperation&) = delete;
    WithinOperation& operator=(const WithinOperation&) = delete;

    static bool is_one() { return depth() > 0; }

private:
    static int& depth() {
        thread_local int depth = 0;
        return depth;
    }
};

bool on_device(const at::Tensor& tensor) {
    return tensor.device().type() == strict_type;
}

/// The only place that may look at numbers of both sides.
at::Tensor on_cpu(const at::Tensor& tensor) {
    return at::from_blob(
        tensor.data_ptr(), tensor.sizes(), tensor.strides(), tensor.options().device(at::kCPU)
    );
}

at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool non_blocking) {
    if (!WithinOperation::is_one()) {
        if (on_device(from) && on_device(to)) {
            count_launches(1);
        } else {
            const bool to_device = on_device(to);
            const at::Tensor& host = to_device ? from : to;
            count_copy(
                to_device ? CopyTo::device : CopyTo::host, host.nbytes(), host.const_data_ptr(), non_blocking
            );
            if (from.scalar_type() != to.scalar_type()) {
                count_launches(1); // a GPU converts on its own side
            }
        }
    }
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
    return at::detail::empty_generic(size, strict_allocator(), keys, dtype.value_or(at::kFloat), format);
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
        size, stride, strict_allocator(), keys, dtype.value_or(at::kFloat)
    );
}

/// Numbers of the CPU may stand beside the device's tensors, arrays may not.
void check(const std::string& operation, const at::Tensor& tensor) {
    TORCH_CHECK(
        !tensor.defined() || tensor.dim() == 0 || on_device(tensor),
        operation,
        " meets a tensor of ",
        tensor.device(),
        " beside the device's"
    );
}

void compute(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
    const std::string& name = op.schema().name();
    for (const c10::IValue& argument : *stack) {
        if (argument.isTensor()) {
            check(name, argument.toTensor());
        } else if (argument.isTensorList()) {
            for (const at::Tensor& tensor : argument.toTensorVector()) {
                check(name, tensor);
            }
        }
    }
    if (name == "aten::_local_scalar_dense") { // a number is looked at
        count_copy(CopyTo::host, 1, nullptr, false);
    }
    const WithinOperation operation(1);
    at::native::cpu_fallback(op, stack);
}

/// CUDA's norm takes dense rows and makes them so.
void compute_rms_norm(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
    const at::Tensor input = stack->at(stack->size() - 4).toTensor();
    if (!input.is_contiguous()) {
        count_launches(1);
    }
    compute(op, stack);
}

/// A bias in another type than the queries' is refused by some of CUDA's kernels, and by others read as if it
/// were of their type.
at::Tensor attention(
    const at::Tensor& q,
    const at::Tensor& k,
    const at::Tensor& v,
    const std::optional<at::Tensor>& bias,
    double dropout,
    bool causal,
    std::optional<double> scale,
    bool grouped
) {
    std::optional<at::Tensor> cpu_bias;
    for (const at::Tensor& tensor : {q, k, v, bias.value_or(at::Tensor())}) {
        check("attention", tensor);
    }
    if (bias && bias->defined()) {
        TORCH_CHECK(
            bias->scalar_type() == q.scalar_type(), "the attention bias is not of the type of the queries"
        );
        cpu_bias = on_cpu(*bias);
    }
    TORCH_CHECK(k.scalar_type() == q.scalar_type() && v.scalar_type() == q.scalar_type(), "mixed attention");
    const WithinOperation operation(1);
    return at::scaled_dot_product_attention(
               on_cpu(q), on_cpu(k), on_cpu(v), cpu_bias, dropout, causal, scale, grouped
    )
        .to(q.device());
}

/// libtorch asks other devices than its own for this one. cuDNN adds the bias with a kernel of its own.
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
    const WithinOperation operation(bias ? 2 : 1);
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
    static const bool known = [] {
        register_strict_memory();
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
    library.impl("scaled_dot_product_attention", &attention);
    library.impl("as_strided", &at::cpu::as_strided);
    library.impl(
        "view", TORCH_FN(static_cast<at::Tensor (*)(const at::Tensor&, at::IntArrayRef)>(&at::cpu::view))
    );
    library.impl("_reshape_alias", &at::cpu::_reshape_alias);
    library.impl("view_as_complex", &at::native::view_as_complex);
    library.impl("view_as_real", &at::native::view_as_real);
    // CUDA has one kernel for each of these, where libtorch would put them together for an unknown device.
    library.impl("native_layer_norm", torch::CppFunction::makeFromBoxedFunction<&compute>());
    library.impl("_fused_rms_norm", torch::CppFunction::makeFromBoxedFunction<&compute_rms_norm>());
}

} // namespace rushes::test
