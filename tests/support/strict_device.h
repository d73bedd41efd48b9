// A device that is no CPU, for machines without one: its tensors lie in main memory and are computed there,
// but an operation that meets a tensor of the CPU beside them fails, as it does on a GPU.
#pragma once

namespace rushes::test {

/// Makes libtorch know the device, once a process. Returns its name, for LoadOptions::device.
const char* strict_device();

} // namespace rushes::test
