// For tests that need a GPU.
#pragma once

#include "base/error.h"
#include "generation/device.h"

#include <string>

namespace rushes::test {

/// Makes cuda:0 usable; otherwise says why it is not, the reason to skip a test.
inline std::string why_no_cuda() {
    try {
        resolve_device("cuda:0", 0);
        return {};
    } catch (const Error& error) {
        return error.what();
    }
}

} // namespace rushes::test
