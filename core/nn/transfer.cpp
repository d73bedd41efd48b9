#include "nn/transfer.h"

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace rushes {
namespace {

/// On the CPU, where `device` can read and write without the help of its driver's own buffers.
at::Tensor pinned(at::IntArrayRef sizes, at::ScalarType dtype, at::Device device) {
    constexpr c10::DispatchKeySet cpu(c10::DispatchKey::CPU);
    return at::detail::empty_generic(
        sizes, at::globalContext().getPinnedMemoryAllocator(device.type()), cpu, dtype, std::nullopt
    );
}

} // namespace

void use_on_this_thread(at::Device device) {
    if (!device.is_cpu()) {
        at::zeros({1}, at::TensorOptions().device(device)); // a kernel makes the context the thread's own
    }
}

at::Tensor sent_to(const at::Tensor& on_cpu, at::Device device) {
    if (device.is_cpu()) {
        return on_cpu;
    }
    // The memory goes back to its pool only when the copy is done: libtorch sees to that.
    return pinned(on_cpu.sizes(), on_cpu.scalar_type(), device)
        .copy_(on_cpu)
        .to(device, on_cpu.scalar_type(), /*non_blocking=*/true);
}

at::Tensor fetched(const at::Tensor& tensor) {
    if (tensor.is_cpu()) {
        return tensor.contiguous();
    }
    const at::Tensor result =
        pinned(tensor.sizes(), tensor.scalar_type(), tensor.device()).copy_(tensor, /*non_blocking=*/true);
    const c10::impl::VirtualGuardImpl device(tensor.device().type());
    c10::Event arrived(tensor.device().type());
    arrived.record(device.getStream(tensor.device()));
    arrived.synchronize();
    return result;
}

} // namespace rushes
