// The stand-in device's memory, events and counters: what strict_device.cpp makes operations of.
#pragma once

#include "support/strict_device.h"

#include <cstddef>

#include <c10/core/Allocator.h>
#include <c10/core/DeviceType.h>

namespace rushes::test {

constexpr auto strict_type = c10::DeviceType::PrivateUse1;

/// Registers allocators, events and pinned memory with libtorch.
void register_strict_memory();

c10::Allocator* strict_allocator();

void count_launches(std::int64_t kernels);

enum class CopyTo { device, host };

/// `host`: what lies on the CPU's side.
void count_copy(CopyTo side, std::size_t bytes, const void* host, bool non_blocking);

} // namespace rushes::test
