// SHA-256 (FIPS 180-4), for telling files apart; the inputs are headers and small files.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace rushes {

class Sha256 {
public:
    void update(std::string_view bytes);

    /// 64 lower-case hexadecimal digits of everything put in so far. The object must not be used afterwards.
    std::string finish();

private:
    void compress(const char* block);

    std::array<std::uint32_t, 8> state_{
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
    };
    std::string pending_; ///< fewer than 64 bytes
    std::uint64_t length_ = 0;
};

} // namespace rushes
