#define RUSHES_LANES 16
#include "nn/cpu/winograd_body.h"

namespace rushes::cpu {

const WinogradKernels winograd_avx512{transform, tiles};

} // namespace rushes::cpu
