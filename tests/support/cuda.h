// For tests that need a GPU.
#pragma once

#include "base/error.h"
#include "generation/device.h"

#include <string>

#include <ATen/Context.h>

namespace rushes::test {

/// Makes cuda:0 usable, for comparisons: without TF32. Otherwise says why it is not, the reason to skip a
/// test.
inline std::string why_no_cuda() {
    static const std::string problem = [] {
        try {
            resolve_device("cuda:0", 0);
            at::globalContext().setAllowTF32CuBLAS(false);
            at::globalContext().setAllowTF32CuDNN(false);
            return std::string();
        } catch (const Error& error) {
            return std::string(error.what());
        }
    }();
    return problem;
}

/// Asked before any test computes on the CPU: libtorch remembers what it did not find.
inline const std::string cuda_asked_at_the_start = why_no_cuda();

} // namespace rushes::test
