// NVIDIA's driver, as far as it tells about itself without libtorch: the window and `rushes doctor` ask it
// before the engine is loaded. Source of functions and codes: CUDA driver API (cuda.h).
#pragma once

#include "base/library_loader.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rushes {

struct GraphicsCard {
    std::string name;
    std::uint64_t memory_bytes = 0; ///< 0: not known
    int capability = 0;             ///< compute capability times ten: 90 for 9.0; 0: not known

    double flop_per_second = 0; ///< of bf16 products, by the data sheet; 0: not known

    std::string words() const; ///< "NVIDIA H200, 140 GB"
};

struct CudaDriver {
    bool found = false; ///< the driver's library is there
    int version = 0;    ///< newest CUDA that it serves, 13000 for 13.0; 0: not known
    std::vector<GraphicsCard> cards;
    std::string problem; ///< one sentence: why no card can be used; empty when one can

    bool usable() const { return problem.empty(); }
};

/// What libtorch's libraries were built with and for (torch 2.11.0, CUDA 13.0).
inline constexpr int needed_cuda_version = 13000;
inline constexpr int needed_capability = 75;

/// "13.0" for 13000.
std::string cuda_version_in_words(int version);

/// Never throws: a machine without a driver is a value too.
CudaDriver ask_cuda_driver(LibraryLoader& loader = LibraryLoader::system());

} // namespace rushes
