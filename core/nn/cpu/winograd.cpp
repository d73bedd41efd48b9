#include "nn/cpu/winograd.h"

namespace rushes::cpu {

const WinogradKernels* winograd_kernels() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        return &winograd_avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return &winograd_avx2;
    }
#endif
    return nullptr;
}

} // namespace rushes::cpu
