#include "nn/block_stream.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace rushes {
namespace {

constexpr std::size_t alignment = 256; ///< of tensors on a card

at::Tensor pinned_copy(const at::Tensor& on_device) {
    constexpr c10::DispatchKeySet cpu(c10::DispatchKey::CPU);
    const at::Tensor memory = at::detail::empty_generic(
        on_device.sizes(),
        at::globalContext().getPinnedMemoryAllocator(on_device.device().type()),
        cpu,
        on_device.scalar_type(),
        std::nullopt
    );
    return memory.copy_(on_device);
}

} // namespace

BlockStream::BlockStream(at::Device device, Room room)
    : device_(device),
      room_(room),
      copying_(c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device, false)) {}

/// A layer may still be on its way.
BlockStream::~BlockStream() {
    try {
        let_go();
    } catch (...) {
        // The device failed, which whoever uses it next will say.
    }
}

c10::Stream BlockStream::stream() const {
    return c10::impl::VirtualGuardImpl(device_.type()).getStream(device_);
}

void BlockStream::add(const std::vector<at::Tensor*>& tensors) {
    Layer& layer = layers_.emplace_back();
    for (at::Tensor* tensor : tensors) {
        Kept kept{.pinned = {}, .offset = layer.bytes};
        if (tensor->defined() && tensor->device() == device_) {
            *tensor = pinned_copy(*tensor);
            kept.pinned = *tensor;
            layer.bytes += (tensor->nbytes() + alignment - 1) / alignment * alignment;
        }
        layer.tensors.push_back(std::move(kept));
    }
    largest_ = std::max(largest_, layer.bytes);
}

void BlockStream::make_slots() {
    const std::size_t count =
        room_ == Room::all_layers ? layers_.size() : std::min<std::size_t>(2, layers_.size());
    for (std::size_t i = slots_.size(); i < count; ++i) {
        slots_.push_back({.copied = c10::Event(device_.type()), .used = c10::Event(device_.type())});
    }
}

/// Of two the one that does not compute, unless that is what has the layer.
std::size_t BlockStream::slot_for(std::size_t layer) const {
    if (room_ == Room::all_layers) {
        return layer;
    }
    return slots_[current_].layer == layer ? current_ : (current_ + 1) % slots_.size();
}

at::Tensor BlockStream::view_of(const Slot& slot, const Kept& kept) {
    return slot.memory
        .narrow(0, static_cast<std::int64_t>(kept.offset), static_cast<std::int64_t>(kept.pinned.nbytes()))
        .view(kept.pinned.scalar_type())
        .view(kept.pinned.sizes());
}

void BlockStream::copy(std::size_t layer, Slot& slot) {
    if (slot.layer == layer) {
        return;
    }
    if (!slot.memory.defined()) {
        const std::size_t bytes = room_ == Room::all_layers ? layers_[layer].bytes : largest_;
        slot.memory = at::empty(
            {static_cast<std::int64_t>(bytes)}, at::TensorOptions().device(device_).dtype(at::kByte)
        );
        slot.used.record(stream()); // what had this memory before may still compute with it
    }
    slot.used.block(copying_);
    const c10::StreamGuard on_copying(copying_);
    for (const Kept& kept : layers_[layer].tensors) {
        if (kept.pinned.defined()) {
            view_of(slot, kept).copy_(kept.pinned, /*non_blocking=*/true);
        }
    }
    slot.copied.record(copying_);
    slot.layer = layer;
}

std::vector<at::Tensor> BlockStream::on_device(std::size_t layer) {
    make_slots();
    const c10::Stream computing = stream();
    if (slots_[current_].layer != layer) {
        slots_[current_].used.record(computing);
        current_ = slot_for(layer);
        copy(layer, slots_[current_]);
        slots_[current_].copied.block(computing);
        const std::size_t next = (layer + 1) % layers_.size();
        if (const std::size_t ahead = slot_for(next); ahead != current_) {
            copy(next, slots_[ahead]);
        }
    }
    std::vector<at::Tensor> tensors;
    for (const Kept& kept : layers_[layer].tensors) {
        tensors.push_back(kept.pinned.defined() ? view_of(slots_[current_], kept) : at::Tensor());
    }
    return tensors;
}

void BlockStream::let_go() {
    for (Slot& slot : slots_) {
        if (slot.layer) {
            slot.copied.block(stream()); // what has this memory next may not be written to by a copy
        }
        slot.layer.reset();
        slot.memory.reset();
    }
}

} // namespace rushes
