#include "support/strict_memory.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>

#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/util/Exception.h>

namespace rushes::test {
namespace {

struct State {
    std::mutex mutex;
    DeviceCounts counts;
    DeviceMemory memory;
    std::int64_t limit = 0;
    std::int64_t emptied = 0;
    std::int64_t clock = 0;                   ///< launches ever
    std::int64_t waited = 0;                  ///< the clock of the newest launch that the CPU has waited for
    std::map<const void*, std::size_t> sizes; ///< of the device's blocks
    std::map<const char*, std::size_t> pinned;
};

/// Never destroyed: tensors of static lifetime go after it.
State& state() {
    static auto* const instance = new State; // NOLINT(cppcoreguidelines-owning-memory)
    return *instance;
}

void free_block(void* data) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    const auto found = s.sizes.find(data);
    if (found != s.sizes.end()) {
        s.memory.live -= static_cast<std::int64_t>(found->second);
        s.sizes.erase(found);
    }
    std::free(data);
}

struct Memory final : c10::DeviceAllocator {
    c10::DataPtr allocate(std::size_t bytes) override {
        if (bytes == 0) {
            return {nullptr, nullptr, &free_block, c10::Device(strict_type, 0)};
        }
        State& s = state();
        const std::lock_guard lock(s.mutex);
        const auto wanted = static_cast<std::int64_t>(bytes);
        TORCH_CHECK_WITH(
            OutOfMemoryError, s.limit == 0 || s.memory.live + wanted <= s.limit, "out of memory: the limit"
        );
        void* const data = std::malloc(bytes);
        if (data == nullptr) {
            throw std::bad_alloc();
        }
        s.sizes[data] = bytes;
        s.memory.live += wanted;
        s.memory.peak = std::max(s.memory.peak, s.memory.live);
        return {data, data, &free_block, c10::Device(strict_type, 0)};
    }

    c10::DeleterFnPtr raw_deleter() const override { return &free_block; }

    void copy_data(void* to, const void* from, std::size_t bytes) const override {
        default_copy_data(to, from, bytes);
    }

    bool initialized() override { return true; }

    void emptyCache(c10::MempoolId_t /*pool*/) override {
        const std::lock_guard lock(state().mutex);
        ++state().emptied;
    }

    void recordStream(const c10::DataPtr& /*data*/, c10::Stream /*stream*/) override {}

    c10::CachingDeviceAllocator::DeviceStats getDeviceStats(c10::DeviceIndex /*device*/) override {
        c10::CachingDeviceAllocator::DeviceStats stats;
        const std::lock_guard lock(state().mutex);
        for (auto* const bytes : {&stats.allocated_bytes, &stats.reserved_bytes}) {
            bytes->at(0).current = state().memory.live;
            bytes->at(0).peak = state().memory.peak;
        }
        return stats;
    }

    void resetAccumulatedStats(c10::DeviceIndex /*device*/) override {}

    void resetPeakStats(c10::DeviceIndex /*device*/) override { reset_device_peak(); }
};

/// What a GPU can read and write by itself: here only a mark.
struct PinnedMemory final : c10::Allocator {
    c10::DataPtr allocate(std::size_t bytes) override {
        void* const data = std::malloc(std::max<std::size_t>(bytes, 1));
        if (data == nullptr) {
            throw std::bad_alloc();
        }
        const std::lock_guard lock(state().mutex);
        state().pinned[static_cast<const char*>(data)] = bytes;
        return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
    }

    static void release(void* data) {
        const std::lock_guard lock(state().mutex);
        state().pinned.erase(static_cast<const char*>(data));
        std::free(data);
    }

    c10::DeleterFnPtr raw_deleter() const override { return &release; }

    void copy_data(void* to, const void* from, std::size_t bytes) const override {
        default_copy_data(to, from, bytes);
    }
};

struct Hooks final : at::PrivateUse1HooksInterface {
    bool isBuilt() const override { return true; }

    bool isAvailable() const override { return true; }

    bool hasPrimaryContext(c10::DeviceIndex /*device*/) const override { return true; }

    c10::Allocator* getPinnedMemoryAllocator() const override {
        static PinnedMemory memory;
        return &memory;
    }
};

/// An event is the count of launches before it; between two of them lies a millisecond for each.
struct Guard final : c10::impl::NoOpDeviceGuardImpl<strict_type> {
    void record(
        void** event,
        const c10::Stream& /*stream*/,
        const c10::DeviceIndex /*device*/,
        const c10::EventFlag /*flag*/
    ) const override {
        const std::lock_guard lock(state().mutex);
        *event = reinterpret_cast<void*>(state().clock + 1);
    }

    void block(void* /*event*/, const c10::Stream& /*stream*/) const override {}

    /// Everything is computed at once: there is one stream.
    c10::Stream getStreamFromGlobalPool(c10::Device device, bool /*high_priority*/) const override {
        return getStream(device);
    }

    bool queryEvent(void* event) const override {
        const std::lock_guard lock(state().mutex);
        return count_of(event) <= state().waited;
    }

    void synchronizeEvent(void* event) const override {
        const std::lock_guard lock(state().mutex);
        ++state().counts.waits;
        state().waited = std::max(state().waited, count_of(event));
    }

    double elapsedTime(void* begin, void* end, const c10::DeviceIndex /*device*/) const override {
        return static_cast<double>(count_of(end) - count_of(begin));
    }

    static std::int64_t count_of(void* event) { return reinterpret_cast<std::int64_t>(event) - 1; }
};

bool is_pinned(const State& s, const void* data) {
    const auto* const place = static_cast<const char*>(data);
    const auto after = s.pinned.upper_bound(place);
    if (after == s.pinned.begin()) {
        return false;
    }
    const auto& [begin, bytes] = *std::prev(after);
    return place < begin + std::max<std::size_t>(bytes, 1);
}

} // namespace

c10::Allocator* strict_allocator() {
    static auto* const memory = new Memory; // NOLINT(cppcoreguidelines-owning-memory): as of state()
    return memory;
}

void register_strict_memory() {
    static const Guard guard;
    static Hooks hooks;
    c10::SetAllocator(strict_type, strict_allocator());
    c10::impl::device_guard_impl_registry[static_cast<std::size_t>(strict_type)].store(&guard);
    at::RegisterPrivateUse1HooksInterface(&hooks);
}

void count_launches(std::int64_t kernels) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    s.clock += kernels;
    s.counts.launches += kernels;
    s.counts.most_queued = std::max(s.counts.most_queued, s.clock - s.waited);
}

void count_copy(CopyTo side, std::size_t bytes, const void* host, bool non_blocking) {
    State& s = state();
    const std::lock_guard lock(s.mutex);
    const bool to_device = side == CopyTo::device;
    ++(to_device ? s.counts.to_device : s.counts.to_host);
    (to_device ? s.counts.bytes_to_device : s.counts.bytes_to_host) += static_cast<std::int64_t>(bytes);
    const bool direct = is_pinned(s, host);
    s.counts.pageable += direct ? 0 : 1;
    if (!direct || !non_blocking) {
        ++s.counts.waits;
        s.waited = s.clock;
    }
}

DeviceCounts device_counts() {
    const std::lock_guard lock(state().mutex);
    return state().counts;
}

void reset_device_counts() {
    const std::lock_guard lock(state().mutex);
    state().counts = {};
    state().waited = state().clock;
}

DeviceMemory device_memory() {
    const std::lock_guard lock(state().mutex);
    return state().memory;
}

void reset_device_peak() {
    const std::lock_guard lock(state().mutex);
    state().memory.peak = state().memory.live;
}

void limit_device_memory(std::int64_t bytes) {
    const std::lock_guard lock(state().mutex);
    state().limit = bytes;
}

std::int64_t device_cache_emptied() {
    const std::lock_guard lock(state().mutex);
    return state().emptied;
}

} // namespace rushes::test
