#include "nn/cpu/attention.h"

#include "nn/cpu/widest.h"

namespace rushes::cpu {

const AttentionKernels* attention_kernels() {
#if defined(__x86_64__)
    return widest(&attention_avx512, &attention_avx2);
#else
    return nullptr;
#endif
}

} // namespace rushes::cpu
