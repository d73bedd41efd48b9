// A safetensors file made by hand, sound or not.
#pragma once

#include <cstdint>
#include <string>

namespace rushes::test {

/// The header's length, the header, the data.
inline std::string safetensors_bytes(const std::string& header, const std::string& data) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) {
        bytes += static_cast<char>(static_cast<std::uint8_t>(std::uint64_t{header.size()} >> (8 * i)));
    }
    return bytes + header + data;
}

} // namespace rushes::test
