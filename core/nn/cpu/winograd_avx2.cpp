#define RUSHES_LANES 8
#include "nn/cpu/winograd_body.h"

namespace rushes::cpu {

const WinogradKernels winograd_avx2{transform, tiles};

} // namespace rushes::cpu
