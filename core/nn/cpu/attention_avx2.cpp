#define RUSHES_LANES 8
#include "nn/cpu/attention_body.h"

namespace rushes::cpu {

const AttentionKernels attention_avx2{rows};

} // namespace rushes::cpu
