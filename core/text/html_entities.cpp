#include "text/html_entities.h"

#include "text/code_points.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utf8proc.h>

namespace rushes {

namespace {

struct Entity {
    std::string_view name; ///< without '&' and ';'
    std::string_view text;
    bool bare; ///< known without the semicolon too
};

constexpr Entity entities[] = {
#include "text/html_entities.inc"
};

const Entity* find_entity(std::string_view name) {
    const auto* found = std::ranges::lower_bound(entities, name, {}, &Entity::name);
    return found != std::end(entities) && found->name == name ? found : nullptr;
}

bool is_alnum(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// A reference at the start of a text: how many bytes it takes there, and what it stands for.
struct Reference {
    std::size_t bytes = 0;
    std::string text;
};

/// The characters that the HTML standard drops (noncharacters and most control characters).
bool is_dropped(char32_t c) {
    return (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || (c >= 0x7F && c <= 0x9F) ||
           (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

std::string numeric_text(char32_t c) {
    std::string text;
    if (c >= 0x80 && c <= 0x9F) {
        append_code_point(text, windows_1252(c));
    } else if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
        append_code_point(text, 0xFFFD);
    } else if (!is_dropped(c)) {
        append_code_point(text, c);
    }
    return text;
}

/// `text` starts with "&#".
std::optional<Reference> numeric_reference(std::string_view text) {
    const bool hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
    const std::size_t begin = hex ? 3 : 2;
    std::size_t end = begin;
    char32_t value = 0;
    for (; end < text.size(); ++end) {
        const auto c = static_cast<unsigned char>(text[end]);
        if (std::isdigit(c) == 0 && !(hex && std::isxdigit(c) != 0)) {
            break;
        }
        const int digit = std::isdigit(c) != 0 ? c - '0' : std::tolower(c) - 'a' + 10;
        value = std::min<char32_t>(value * (hex ? 16 : 10) + static_cast<char32_t>(digit), 0x110000);
    }
    if (end == begin) {
        return std::nullopt;
    }
    const bool closed = end < text.size() && text[end] == ';';
    return Reference{.bytes = end + (closed ? 1 : 0), .text = numeric_text(value)};
}

/// The longest name that fits after the '&'.
std::optional<Reference> named_reference(std::string_view text) {
    constexpr std::size_t longest_name = 31;
    std::size_t run = 0;
    while (run < longest_name && run + 1 < text.size() && is_alnum(text[run + 1])) {
        ++run;
    }
    for (std::size_t length = run; length > 1; --length) {
        const Entity* entity = find_entity(text.substr(1, length));
        const bool closed = length + 1 < text.size() && text[length + 1] == ';';
        if (entity != nullptr && (closed || entity->bare)) {
            return Reference{.bytes = 1 + length + (closed ? 1 : 0), .text = std::string(entity->text)};
        }
    }
    return std::nullopt;
}

std::optional<Reference> any_reference(std::string_view text) {
    return text.size() > 1 && text[1] == '#' ? numeric_reference(text) : named_reference(text);
}

/// str.upper() of an entity's text; those few grow.
std::string upper_case(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> growing{{
        {"ß", "SS"},
        {"ŉ", "ʼN"},
        {"ﬀ", "FF"},
        {"ﬁ", "FI"},
        {"ﬂ", "FL"},
        {"ﬃ", "FFI"},
        {"ﬄ", "FFL"},
    }};
    const auto* found =
        std::ranges::find(growing, text, &std::pair<std::string_view, std::string_view>::first);
    if (found != growing.end()) {
        return std::string(found->second);
    }
    std::string upper;
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = code_point_at(text, i);
        append_code_point(
            upper, static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(point.value)))
        );
        i += point.bytes;
    }
    return upper;
}

/// "&NAME;" for a name that is known in small letters only.
std::optional<std::string> capitals_text(std::string_view name) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    const auto is_small = [](unsigned char c) { return std::islower(c) != 0; };
    const Entity* entity = find_entity(lower);
    const std::string whole = "&" + std::string(name) + ";";
    if (entity == nullptr || std::ranges::any_of(name, is_small) || any_reference(whole)) {
        return std::nullopt;
    }
    return upper_case(entity->text);
}

/// `text` starts with '&'.
std::optional<Reference> strict_reference(std::string_view text) {
    constexpr std::size_t longest_name = 24;
    const std::size_t begin = text.size() > 1 && text[1] == '#' ? 2 : 1;
    std::size_t end = begin;
    while (end < text.size() && end - begin < longest_name && is_alnum(text[end])) {
        ++end;
    }
    if (end == begin || end >= text.size() || text[end] != ';') {
        return std::nullopt;
    }
    const std::string_view whole = text.substr(0, end + 1);
    if (begin == 2) {
        auto reference = numeric_reference(whole);
        const bool used_up = reference && reference->bytes == whole.size() && reference->text != ";";
        return used_up ? reference : std::nullopt;
    }
    const std::string_view name = whole.substr(1, whole.size() - 2);
    if (const Entity* entity = find_entity(name)) {
        return Reference{.bytes = whole.size(), .text = std::string(entity->text)};
    }
    if (const auto capitals = capitals_text(name)) {
        return Reference{.bytes = whole.size(), .text = *capitals};
    }
    return std::nullopt;
}

template <typename Read>
std::string replace_references(std::string_view text, Read read) {
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        const auto reference = text[i] == '&' ? read(text.substr(i)) : std::nullopt;
        if (reference) {
            result += reference->text;
            i += reference->bytes;
        } else {
            result += text[i++];
        }
    }
    return result;
}

} // namespace

char32_t windows_1252(char32_t c) {
    constexpr std::array<char16_t, 32> upper{
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
    };
    return c >= 0x80 && c <= 0x9F ? upper[c - 0x80] : c;
}

std::string unescape_html(std::string_view text) {
    return replace_references(text, any_reference);
}

std::string unescape_html_strictly(std::string_view text) {
    return replace_references(text, strict_reference);
}

} // namespace rushes
