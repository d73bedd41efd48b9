// The memory of large tensors on the CPU, used again. The C library gives what a large tensor leaves back to
// the system, and the system fills fresh pages with zeros: a tenth of the processor time of an AnimateDiff
// clip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <c10/core/Allocator.h>

namespace rushes {

/// Keeps blocks of a mebibyte and more that are given free, for tensors of about their size. What it holds,
/// used and kept, is never more than the most that was used at a time: so a peak is what it would be without
/// it.
class KeptMemory final : public c10::Allocator {
public:
    /// libtorch takes the memory of the CPU's tensors here from the first call on; the same one at every
    /// call.
    static KeptMemory& use();

    c10::DataPtr allocate(std::size_t bytes) override;
    c10::DeleterFnPtr raw_deleter() const override;
    void copy_data(void* to, const void* from, std::size_t bytes) const override;

    /// What is kept goes back to the system, but for the last `left` bytes.
    void give_back(std::uint64_t left = 0);

    std::uint64_t kept_bytes() const;

private:
    struct Block {
        void* memory = nullptr;
        std::size_t bytes = 0;
    };

    KeptMemory() = default;
    void* take(std::size_t bytes);
    void* kept_for(std::size_t bytes);
    bool keep(void* memory);
    void drop_to(std::uint64_t bytes);

    mutable std::mutex mutex_;
    std::unordered_map<void*, std::size_t> used_; ///< large blocks of tensors, and their bytes
    std::vector<Block> kept_;                     ///< the one kept longest first
    std::uint64_t used_bytes_ = 0;
    std::uint64_t kept_bytes_ = 0;
    std::uint64_t most_used_bytes_ = 0;
};

} // namespace rushes
