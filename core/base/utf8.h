// Text that comes from outside is checked once, where it comes in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rushes {

/// Whether `text` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
constexpr bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<std::uint8_t>(text[i]);
        const int follow = first < 0x80                     ? 0
                           : first >= 0xC2 && first <= 0xDF ? 1
                           : first >> 4 == 0xE              ? 2
                           : first >= 0xF0 && first <= 0xF4 ? 3
                                                            : -1;
        if (follow < 0 || i + static_cast<std::size_t>(follow) >= text.size()) {
            return false;
        }
        for (int k = 1; k <= follow; ++k) {
            const auto next = static_cast<std::uint8_t>(text[i + static_cast<std::size_t>(k)]);
            // The second byte's range depends on the first (RFC 3629, section 4).
            const std::uint8_t low = k > 1 ? 0x80 : first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
            const std::uint8_t high = k > 1 ? 0xBF : first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
            if (next < low || next > high) {
                return false;
            }
        }
        i += static_cast<std::size_t>(follow) + 1;
    }
    return true;
}

/// Characters (code points) of well-formed UTF-8.
constexpr std::size_t utf8_length(std::string_view text) {
    std::size_t length = 0;
    for (const char c : text) {
        length += (static_cast<std::uint8_t>(c) & 0xC0) != 0x80 ? 1 : 0;
    }
    return length;
}

} // namespace rushes
