// The CUDA kernels: bodies (vae_bodies.h, transformer_bodies.h, picture_bodies.h) and how one is started.
// Each body names its ATen twin. Those serve that were faster on a card (docs/gpu.md); RgbToNv12 and
// LatentToRgb were not worth a place yet.
#pragma once

#include "nn/cuda/picture_bodies.h"
#include "nn/cuda/transformer_bodies.h"
#include "nn/cuda/vae_bodies.h"

#include <cstdint>

namespace rushes::cuda {

#ifdef RUSHES_CUDA
constexpr bool built = true;
#else
constexpr bool built = false; ///< without nvcc: the ATen versions serve, and launch() does not exist
#endif

/// Where a kernel runs: the number of the device, and a cudaStream_t of it.
struct Place {
    int device = 0;
    void* stream = nullptr;
};

/// Starts the body for rows 0 ... rows - 1; its pointers lead to the device's memory. Returns at once; throws
/// std::runtime_error when the kernel cannot be started. Exists for the bodies that launch.cu lists.
template <typename Body>
void launch(const Body& body, std::int64_t rows, const Place& place);

} // namespace rushes::cuda
