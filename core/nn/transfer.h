// Tensors on their way between the CPU and the device that computes.
#pragma once

#include <ATen/core/Tensor.h>

namespace rushes {

/// Before a thread's first call that needs the context of a card: the products' library complains where there
/// is none yet.
void use_on_this_thread(at::Device device);

/// What lies on the CPU on `device`, which may be the CPU. Where it is a GPU the numbers pass through pinned
/// memory, and the caller does not wait for what the GPU is still computing.
at::Tensor sent_to(const at::Tensor& on_cpu, at::Device device);

/// `tensor` on the CPU, dense; waits until its numbers are there. From a GPU they arrive in pinned memory.
at::Tensor fetched(const at::Tensor& tensor);

} // namespace rushes
