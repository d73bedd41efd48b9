// How far the CPU may run ahead of a GPU.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include <c10/core/Device.h>
#include <c10/core/Event.h>

namespace rushes {

/// A GPU takes its work from a queue, and what is in the queue cannot be called back: a stop request would
/// wait for all of it. So the CPU puts one piece of work there while the last two are still to be done, which
/// keeps the GPU busy, and no more. On a CPU nothing is queued and nothing happens.
class LaunchPace {
public:
    explicit LaunchPace(at::Device device) : device_(device) {}

    /// A piece of work is in the queue: waits until the one two before it is done.
    void launched();

private:
    at::Device device_;
    std::array<std::optional<c10::Event>, 2> ends_; ///< of the last two pieces
    std::size_t next_ = 0;
};

} // namespace rushes
