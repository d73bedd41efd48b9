// Our CUDA kernels (nn/cuda/) on tensors.
#pragma once

#include "nn/cuda/kernels.h"

#include <type_traits>

#include <ATen/core/Tensor.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace rushes {

/// Where this is false the ATen versions serve.
inline bool has_card_kernels(const at::Tensor& tensor) {
    const auto type = tensor.scalar_type();
    return cuda::built && tensor.is_cuda() && (type == at::kFloat || type == at::kBFloat16);
}

/// Starts the body of a kernel on the card and the stream that `out` is computed on.
template <typename Body>
void launch_for(const at::Tensor& out, const Body& body, std::int64_t rows) {
    if constexpr (cuda::built) {
        const c10::impl::VirtualGuardImpl device(c10::DeviceType::CUDA);
        const auto stream = device.getStream(out.device());
        cuda::launch(body, rows, {out.get_device(), device.getStreamNativeHandle(stream)});
    }
}

/// What a kernel reads and writes; Number is float or cuda::Bf16, as the tensor's type.
template <typename Number>
Number* numbers(const at::Tensor& tensor) {
    return static_cast<Number*>(tensor.data_ptr());
}

/// work(Number()) with the Number of a type that has_card_kernels() takes.
template <typename Work>
void with_number(at::ScalarType type, const Work& work) {
    if (type == at::kFloat) {
        work(float());
    } else {
        work(cuda::Bf16());
    }
}

} // namespace rushes
