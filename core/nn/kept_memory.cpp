#include "nn/kept_memory.h"

#include <algorithm>
#include <iterator>
#include <malloc.h>
#include <memory>

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

namespace rushes {
namespace {

constexpr std::size_t smallest = std::size_t{1} << 20; ///< the C library reuses less than that by itself
constexpr std::uint64_t most_kept = std::uint64_t{1}
                                    << 30; ///< of 11 GB of a text encoder, say, that is freed

/// A block may be a quarter larger than what it is taken for.
bool fits(std::size_t block, std::size_t bytes) {
    return block >= bytes && block - bytes <= bytes / 4;
}

/// Else the C library puts up to 32 MiB into its heap once it has seen such blocks, where holes stay between
/// those that last: 0.4 GB of 6.5 with AnimateDiff.
void return_freed_pages() {
#ifdef __GLIBC__
    ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

} // namespace

KeptMemory& KeptMemory::use() {
    // Never destroyed: tensors may outlive everything else of the process.
    static KeptMemory& shared = *[] {
        return_freed_pages();
        KeptMemory* const made = std::unique_ptr<KeptMemory>(new KeptMemory).release();
        c10::SetCPUAllocator(made);
        return made;
    }();
    return shared;
}

c10::DataPtr KeptMemory::allocate(std::size_t bytes) {
    void* const memory = bytes < smallest ? c10::alloc_cpu(bytes) : take(bytes);
    c10::profiledCPUMemoryReporter().New(memory, bytes);
    return {memory, memory, raw_deleter(), at::kCPU};
}

c10::DeleterFnPtr KeptMemory::raw_deleter() const {
    return [](void* memory) {
        if (memory != nullptr) {
            c10::profiledCPUMemoryReporter().Delete(memory);
            if (!use().keep(memory)) {
                c10::free_cpu(memory);
            }
        }
    };
}

void KeptMemory::copy_data(void* to, const void* from, std::size_t bytes) const {
    default_copy_data(to, from, bytes);
}

void* KeptMemory::take(std::size_t bytes) {
    {
        const std::scoped_lock lock(mutex_);
        if (void* const memory = kept_for(bytes)) {
            return memory;
        }
        const std::uint64_t used = used_bytes_ + bytes;
        drop_to(most_used_bytes_ > used ? most_used_bytes_ - used : 0);
    }
    void* const memory = c10::alloc_cpu(bytes); // outside of the lock: it may fill pages
    const std::scoped_lock lock(mutex_);
    used_[memory] = bytes;
    used_bytes_ += bytes;
    most_used_bytes_ = std::max(most_used_bytes_, used_bytes_);
    return memory;
}

/// The smallest that fits, or nullptr.
void* KeptMemory::kept_for(std::size_t bytes) {
    auto best = kept_.end();
    for (auto block = kept_.begin(); block != kept_.end(); ++block) {
        if (fits(block->bytes, bytes) && (best == kept_.end() || block->bytes <= best->bytes)) {
            best = block; // of equals the last, whose memory may still be in the processor's cache
        }
    }
    if (best == kept_.end()) {
        return nullptr;
    }
    const Block taken = *best;
    kept_.erase(best);
    kept_bytes_ -= taken.bytes;
    used_[taken.memory] = taken.bytes;
    used_bytes_ += taken.bytes;
    return taken.memory;
}

/// False for what is too small to be kept, or too large.
bool KeptMemory::keep(void* memory) {
    const std::scoped_lock lock(mutex_);
    const auto block = used_.find(memory);
    if (block == used_.end()) {
        return false;
    }
    const std::size_t bytes = block->second;
    used_.erase(block);
    used_bytes_ -= bytes;
    if (bytes > most_kept) {
        return false;
    }
    drop_to(most_kept - bytes);
    kept_.push_back({memory, bytes});
    kept_bytes_ += bytes;
    return true;
}

/// Frees what was kept longest, until at most `bytes` are kept.
void KeptMemory::drop_to(std::uint64_t bytes) {
    auto last = kept_.begin();
    for (; last != kept_.end() && kept_bytes_ > bytes; ++last) {
        kept_bytes_ -= last->bytes;
        c10::free_cpu(last->memory);
    }
    kept_.erase(kept_.begin(), last);
}

void KeptMemory::give_back(std::uint64_t left) {
    const std::scoped_lock lock(mutex_);
    drop_to(left);
    most_used_bytes_ = used_bytes_;
}

std::uint64_t KeptMemory::kept_bytes() const {
    const std::scoped_lock lock(mutex_);
    return kept_bytes_;
}

} // namespace rushes
