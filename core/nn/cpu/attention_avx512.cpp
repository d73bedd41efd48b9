#define RUSHES_LANES 16
#include "nn/cpu/attention_body.h"

namespace rushes::cpu {

const AttentionKernels attention_avx512{rows};

} // namespace rushes::cpu
