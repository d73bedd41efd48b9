// Text as code points and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rushes {

struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 0; ///< taken from the text, at least 1
    bool valid = true;     ///< false: not UTF-8; value is U+FFFD, one byte was taken
};

/// The code point at `position` (< text.size()).
inline CodePoint code_point_at(std::string_view text, std::size_t position) {
    constexpr CodePoint invalid{.value = 0xFFFD, .bytes = 1, .valid = false};
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[position + i]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80) {
        return {.value = first, .bytes = 1};
    }
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || length > text.size() - position) {
        return invalid;
    }
    char32_t value = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) {
            return invalid;
        }
        value = value << 6 | (byte(i) & 0x3FU);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < smallest[length] || value > 0x10FFFF || surrogate) {
        return invalid;
    }
    return {.value = value, .bytes = length};
}

inline void append_code_point(std::string& text, char32_t value) {
    const auto put = [&](char32_t byte) {
        text.push_back(static_cast<char>(static_cast<std::uint8_t>(byte)));
    };
    if (value < 0x80) {
        put(value);
    } else if (value < 0x800) {
        put(0xC0 | value >> 6);
        put(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
        put(0xE0 | value >> 12);
        put(0x80 | (value >> 6 & 0x3F));
        put(0x80 | (value & 0x3F));
    } else {
        put(0xF0 | value >> 18);
        put(0x80 | (value >> 12 & 0x3F));
        put(0x80 | (value >> 6 & 0x3F));
        put(0x80 | (value & 0x3F));
    }
}

/// What Python's str.isspace() calls a space: str.strip() and \s go by it.
inline bool is_space(char32_t c) {
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

/// Unicode's property White_Space, which Rust's char::is_whitespace and \s of regular expressions go by.
inline bool is_white_space(char32_t c) {
    return is_space(c) && (c < 0x1C || c > 0x1F);
}

/// A new text of what `put(result, c)` appends for each code point.
template <typename Put>
std::string translate(std::string_view text, Put put) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = code_point_at(text, i);
        put(result, point.value);
        i += point.bytes;
    }
    return result;
}

} // namespace rushes
