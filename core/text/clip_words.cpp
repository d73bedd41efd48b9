#include "text/clip_words.h"

#include "text/code_points.h"
#include "text/normalizers.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utf8proc.h>

namespace rushes {

namespace {

enum class Sign { space, letter, number, other };

Sign sign_of(char32_t c) {
    if (is_white_space(c)) {
        return Sign::space;
    }
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return Sign::letter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return Sign::number;
    default:
        return Sign::other;
    }
}

/// NFC, lower case, every run of white space to one space.
std::u32string normalized(std::string_view text) {
    const std::string lower = lowercase(unicode_form(text, UnicodeForm::nfc));
    std::u32string result;
    for (std::size_t i = 0; i < lower.size();) {
        const CodePoint point = code_point_at(lower, i);
        i += point.bytes;
        const char32_t c = is_white_space(point.value) ? U' ' : point.value;
        if (c != U' ' || result.empty() || result.back() != U' ') {
            result += c;
        }
    }
    return result;
}

/// Length of the English ending at the start of `rest`, or 0.
std::size_t ending(std::u32string_view rest) {
    constexpr std::array<std::u32string_view, 7> endings{U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"};
    const auto* const found =
        std::ranges::find_if(endings, [&](std::u32string_view e) { return rest.starts_with(e); });
    return found == endings.end() ? 0 : found->size();
}

/// Length of the word at the start of `rest`, which is no space.
std::size_t word(std::u32string_view rest) {
    if (const std::size_t length = ending(rest); length > 0) {
        return length;
    }
    const Sign sign = sign_of(rest.front());
    if (sign == Sign::number) {
        return 1;
    }
    const auto* const last = std::ranges::find_if(rest, [&](char32_t c) { return sign_of(c) != sign; });
    return static_cast<std::size_t>(last - rest.begin());
}

} // namespace

std::vector<std::string> clip_words(std::string_view text) {
    const std::u32string characters = normalized(text);
    std::u32string_view rest = characters;
    std::vector<std::string> words;
    const auto take = [&](std::size_t length) {
        std::string& out = words.emplace_back();
        for (const char32_t c : rest.substr(0, length)) {
            append_code_point(out, c);
        }
        rest.remove_prefix(length);
    };
    while (!rest.empty()) {
        // A mark written in capitals is no mark, but still a word of its own, and then three.
        constexpr std::array<std::u32string_view, 2> marks{U"<|startoftext|>", U"<|endoftext|>"};
        const auto* const mark =
            std::ranges::find_if(marks, [&](std::u32string_view m) { return rest.starts_with(m); });
        if (rest.front() == U' ') {
            rest.remove_prefix(1);
        } else if (mark != marks.end()) {
            take(2);
            take(mark->size() - 4);
            take(2);
        } else {
            take(word(rest));
        }
    }
    return words;
}

std::string clip_byte(char byte) {
    const auto value = static_cast<std::uint8_t>(byte);
    const auto visible = [](unsigned v) {
        return (v >= 0x21 && v <= 0x7E) || (v >= 0xA1 && v <= 0xAC) || v >= 0xAE;
    };
    std::string result;
    if (visible(value)) {
        append_code_point(result, value);
        return result;
    }
    char32_t stand_in = 256; // the others in order from here
    for (unsigned v = 0; v < value; ++v) {
        stand_in += visible(v) ? 0 : 1;
    }
    append_code_point(result, stand_in);
    return result;
}

} // namespace rushes
