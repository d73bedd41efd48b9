// What a card needs time for once, before somebody waits for it.
#pragma once

#include <c10/core/Device.h>

namespace rushes {

/// The first products and convolutions on a card have its libraries loaded and set up (0.8 s on an H200).
/// Nothing on the CPU. Throws what libtorch throws.
void warm_up(c10::Device device);

} // namespace rushes
