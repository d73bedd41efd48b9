#include "nn/cpu/winograd.h"

#include "nn/cpu/widest.h"

namespace rushes::cpu {

const WinogradKernels* winograd_kernels() {
#if defined(__x86_64__)
    return widest(&winograd_avx512, &winograd_avx2);
#else
    return nullptr;
#endif
}

} // namespace rushes::cpu
