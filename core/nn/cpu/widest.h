// Which of a kernel's bodies this processor takes.
#pragma once

namespace rushes::cpu {

/// Null: it has neither AVX-512 nor AVX2.
template <typename Kernels>
const Kernels* widest(const Kernels* avx512, const Kernels* avx2) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        return avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return avx2;
    }
#endif
    return nullptr;
}

} // namespace rushes::cpu
