#include "text/prompt_clean.h"

#include "text/code_points.h"
#include "text/html_entities.h"
#include "text/normalizers.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace rushes {

namespace {

std::string fix_c1_controls(std::string_view text) {
    return translate(text, [](std::string& out, char32_t c) { append_code_point(out, windows_1252(c)); });
}

std::string fix_latin_ligatures(std::string_view text) {
    constexpr std::pair<char32_t, std::string_view> ligatures[] = {
        {U'Ĳ', "IJ"},  {U'ĳ', "ij"},  {U'ŉ', "ʼn"}, {U'Ǳ', "DZ"}, {U'ǲ', "Dz"}, {U'ǳ', "dz"},
        {U'Ǆ', "DŽ"},  {U'ǅ', "Dž"},  {U'ǆ', "dž"}, {U'Ǉ', "LJ"}, {U'ǈ', "Lj"}, {U'ǉ', "lj"},
        {U'Ǌ', "NJ"},  {U'ǋ', "Nj"},  {U'ǌ', "nj"}, {U'ﬀ', "ff"}, {U'ﬁ', "fi"}, {U'ﬂ', "fl"},
        {U'ﬃ', "ffi"}, {U'ﬄ', "ffl"}, {U'ﬅ', "ſt"}, {U'ﬆ', "st"},
    };
    return translate(text, [&](std::string& out, char32_t c) {
        const auto* found = std::ranges::find(ligatures, c, &std::pair<char32_t, std::string_view>::first);
        if (found != std::end(ligatures)) {
            out += found->second;
        } else {
            append_code_point(out, c);
        }
    });
}

/// The block of half-width and full-width forms, and the ideographic space.
std::string fix_character_width(std::string_view text) {
    return translate(text, [](std::string& out, char32_t c) {
        if (c == 0x3000) {
            out += ' ';
        } else if (c >= 0xFF01 && c < 0xFFF0) {
            std::string one;
            append_code_point(one, c);
            out += unicode_form(one, UnicodeForm::nfkc);
        } else {
            append_code_point(out, c);
        }
    });
}

std::string uncurl_quotes(std::string_view text) {
    return translate(text, [](std::string& out, char32_t c) {
        const bool is_single = c == 0x02BC || (c >= 0x2018 && c <= 0x201B);
        const bool is_double = c >= 0x201C && c <= 0x201F;
        append_code_point(out, is_single ? U'\'' : is_double ? U'"' : c);
    });
}

std::string fix_line_breaks(std::string_view text) {
    bool after_return = false;
    return translate(text, [&](std::string& out, char32_t c) {
        const bool second_half = after_return && c == '\n';
        after_return = c == '\r';
        if (c == '\r' || c == 0x2028 || c == 0x2029 || c == 0x85) {
            out += '\n';
        } else if (!second_half) {
            append_code_point(out, c);
        }
    });
}

/// ESC [ digits and semicolons, a letter.
std::string remove_terminal_escapes(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        if (text.substr(i, 2) == "\033[") {
            const std::size_t end = std::min(text.find_first_not_of("0123456789;", i + 2), text.size());
            if (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0) {
                i = end + 1;
                continue;
            }
        }
        result += text[i++];
    }
    return result;
}

std::string remove_control_chars(std::string_view text) {
    return translate(text, [](std::string& out, char32_t c) {
        const bool ascii = c <= 0x08 || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F;
        const bool arabic = c >= 0x206A && c <= 0x206F;
        const bool annotation = c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFC);
        if (!ascii && !arabic && !annotation) {
            append_code_point(out, c);
        }
    });
}

/// ftfy.fix_and_explain: all fixes in this order, until nothing changes.
std::string fix_segment(std::string text, bool unescape) {
    for (;;) {
        std::string fixed = unescape ? unescape_html_strictly(text) : text;
        fixed = fix_c1_controls(fixed);
        fixed = fix_latin_ligatures(fixed);
        fixed = fix_character_width(fixed);
        fixed = uncurl_quotes(fixed);
        fixed = fix_line_breaks(fixed);
        fixed = remove_terminal_escapes(fixed);
        fixed = remove_control_chars(fixed);
        fixed = unicode_form(fixed, UnicodeForm::nfc);
        if (fixed == text) {
            return fixed;
        }
        text = std::move(fixed);
    }
}

/// ftfy.fix_text: line by line; from the first line with a '<' on, entities are markup and stay.
std::string fix_text(std::string_view text) {
    std::string result;
    bool unescape = true;
    while (!text.empty()) {
        const std::size_t line_break = text.find('\n');
        const std::string_view line =
            text.substr(0, line_break == std::string_view::npos ? text.size() : line_break + 1);
        unescape = unescape && line.find('<') == std::string_view::npos;
        result += fix_segment(std::string(line), unescape);
        text.remove_prefix(line.size());
    }
    return result;
}

/// Runs of white space to one space, none at the ends.
std::string collapse_spaces(std::string_view text) {
    bool pending = false;
    return translate(text, [&](std::string& out, char32_t c) {
        if (is_space(c)) {
            pending = !out.empty();
            return;
        }
        if (std::exchange(pending, false)) {
            out += ' ';
        }
        append_code_point(out, c);
    });
}

} // namespace

std::string clean_prompt(std::string_view text) {
    const std::string valid = translate(text, append_code_point);
    return collapse_spaces(unescape_html(unescape_html(fix_text(valid))));
}

} // namespace rushes
