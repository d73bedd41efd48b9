// Layers whose weights stay in main memory and come to the device when they are to compute, each while the
// one before it does.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>
#include <c10/core/Stream.h>

namespace rushes {

// Note [two slots]
// The device has room for two layers. While one computes, the next is copied into the other slot on a stream
// of its own, from pinned memory; a slot is written to again only when what computed with it is done. The CPU
// waits for neither. With room for all layers each has a slot of its own: they come once, until they are let
// go of.
class BlockStream {
public:
    enum class Room { two_layers, all_layers };

    BlockStream(at::Device device, Room room);
    ~BlockStream();
    BlockStream(const BlockStream&) = delete;
    BlockStream& operator=(const BlockStream&) = delete;

    /// The next layer: those of its tensors that lie on the device go to pinned main memory.
    void add(const std::vector<at::Tensor*>& tensors);

    /// Tensors of a layer on the device, in the order of add(), until another one is asked for: for what is
    /// enqueued on this thread's stream meanwhile. Those that have none are undefined. Copying of the next
    /// layer begins.
    std::vector<at::Tensor> on_device(std::size_t layer);

    /// The device's memory is free for what is enqueued from now on; layers come again when asked for.
    void let_go();

private:
    struct Slot {
        at::Tensor memory = {}; ///< bytes; undefined: none was taken
        std::optional<std::size_t> layer = {};
        c10::Event copied;
        c10::Event used; ///< behind all that was enqueued to compute with it
    };

    /// Where a layer's tensor lies, in its slot too.
    struct Kept {
        at::Tensor pinned; ///< dense; undefined: nothing of it is streamed
        std::size_t offset = 0;
    };

    struct Layer {
        std::vector<Kept> tensors = {};
        std::size_t bytes = 0; ///< of a slot
    };

    std::size_t slot_for(std::size_t layer) const;
    void make_slots();
    void copy(std::size_t layer, Slot& slot);
    static at::Tensor view_of(const Slot& slot, const Kept& kept);
    c10::Stream stream() const;

    at::Device device_;
    Room room_;
    c10::Stream copying_;
    std::size_t largest_ = 0; ///< bytes of a layer
    std::vector<Layer> layers_;
    std::vector<Slot> slots_;
    std::size_t current_ = 0; ///< slot of the layer that computes
};

} // namespace rushes
