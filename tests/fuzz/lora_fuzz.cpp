#include "fuzz/lora_target.h"
#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    rushes::fuzz::accepts(rushes::fuzz::lora, {reinterpret_cast<const char*>(data), size});
    return 0;
}
