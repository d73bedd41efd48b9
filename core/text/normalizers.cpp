#include "text/normalizers.h"

#include "base/error.h"
#include "text/code_points.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <utf8proc.h>

namespace rushes {

namespace {

constexpr std::array<std::pair<char32_t, char32_t>, 10> white_space{
    {{0x09, 0x0D},
     {0x20, 0x20},
     {0x85, 0x85},
     {0xA0, 0xA0},
     {0x1680, 0x1680},
     {0x2000, 0x200A},
     {0x2028, 0x2029},
     {0x202F, 0x202F},
     {0x205F, 0x205F},
     {0x3000, 0x3000}}
};

utf8proc_option_t options_of(UnicodeForm form) {
    const bool composed = form == UnicodeForm::nfc || form == UnicodeForm::nfkc;
    const bool compatible = form == UnicodeForm::nfkc || form == UnicodeForm::nfkd;
    return static_cast<utf8proc_option_t>(
        UTF8PROC_STABLE | (composed ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE) |
        (compatible ? UTF8PROC_COMPAT : 0)
    );
}

/// Reads a regular expression from the left; what it does not understand ends it.
class PatternReader {
public:
    explicit PatternReader(std::string_view regex) : rest_(regex) {}

    std::optional<RunPattern> read() {
        RunPattern pattern;
        if (!(take('[') ? read_class(pattern) : read_character(pattern, "^$.|?*+(){}[]")) ||
            !read_count(pattern) || !rest_.empty()) {
            return std::nullopt;
        }
        return pattern;
    }

private:
    bool take(char c) {
        if (!rest_.starts_with(c)) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    char32_t take_code_point() {
        const CodePoint point = code_point_at(rest_, 0);
        rest_.remove_prefix(point.bytes);
        return point.value;
    }

    /// One character, one that a backslash stands before, or \s. Those in `special` mean something else.
    bool read_character(RunPattern& pattern, std::string_view special) {
        if (rest_.empty() || special.find(rest_.front()) != std::string_view::npos) {
            return false;
        }
        if (!take('\\')) {
            const char32_t first = take_code_point();
            pattern.ranges.emplace_back(first, first);
            return true;
        }
        if (take('s')) {
            pattern.ranges.insert(pattern.ranges.end(), white_space.begin(), white_space.end());
            return true;
        }
        constexpr std::string_view letters = "tnrfv";
        constexpr std::string_view meant = "\t\n\r\f\v";
        const std::size_t letter = rest_.empty() ? std::string_view::npos : letters.find(rest_.front());
        const bool plain = !rest_.empty() && static_cast<unsigned char>(rest_.front()) < 0x80 &&
                           utf8proc_category(rest_.front()) >= UTF8PROC_CATEGORY_PC;
        if (letter == std::string_view::npos && !plain) {
            return false;
        }
        const char32_t c = take_code_point();
        const auto value = letter == std::string_view::npos ? c : static_cast<char32_t>(meant[letter]);
        pattern.ranges.emplace_back(value, value);
        return true;
    }

    bool read_class(RunPattern& pattern) {
        pattern.negated = take('^');
        while (!take(']')) {
            if (!read_character(pattern, "[&")) {
                return false;
            }
            if (rest_.starts_with('-') && !rest_.starts_with("-]")) {
                take('-');
                RunPattern end;
                if (!read_character(end, "[&") || end.ranges.size() != 1 ||
                    end.ranges.front().first < pattern.ranges.back().first) {
                    return false;
                }
                pattern.ranges.back().second = end.ranges.front().first;
            }
        }
        return !pattern.ranges.empty();
    }

    bool read_number(std::size_t& number) {
        const auto read = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
        rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
        return read.ec == std::errc();
    }

    bool read_count(RunPattern& pattern) {
        if (take('+')) {
            return true;
        }
        if (!take('{')) {
            pattern.most = 1;
            return true;
        }
        if (!read_number(pattern.least) || pattern.least == 0) {
            return false;
        }
        if (take('}')) {
            pattern.most = pattern.least;
            return true;
        }
        return take(',') &&
               (take('}') || (read_number(pattern.most) && take('}') && pattern.most >= pattern.least));
    }

    std::string_view rest_;
};

} // namespace

std::string unicode_form(std::string_view text, UnicodeForm form) {
    const std::string valid = translate(text, append_code_point);
    utf8proc_uint8_t* result = nullptr;
    const utf8proc_ssize_t size = utf8proc_map(
        reinterpret_cast<const utf8proc_uint8_t*>(valid.data()),
        static_cast<utf8proc_ssize_t>(valid.size()),
        &result,
        options_of(form)
    );
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(result, &std::free);
    if (size < 0) {
        throw Error(ErrorKind::bug, std::string("Normalising a text failed: ") + utf8proc_errmsg(size) + ".");
    }
    return {reinterpret_cast<const char*>(result), static_cast<std::size_t>(size)};
}

std::string lowercase(std::string_view text) {
    return translate(text, [](std::string& out, char32_t c) {
        if (c == 0x130) { // İ: the one letter with two for it (Unicode, SpecialCasing.txt)
            out += "i\u0307";
        } else {
            append_code_point(out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
        }
    });
}

std::string strip_accents(std::string_view text) {
    return translate(text, [](std::string& out, char32_t c) {
        const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
        if (category < UTF8PROC_CATEGORY_MN || category > UTF8PROC_CATEGORY_ME) {
            append_code_point(out, c);
        }
    });
}

std::string nmt_clean(std::string_view text) {
    return translate(text, [](std::string& out, char32_t c) {
        const bool control = (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F ||
                             c == 0x8F || c == 0x9F;
        const bool space = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 ||
                           (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 ||
                           c == 0xFEFF || c == 0xFFFD;
        if (!control) {
            append_code_point(out, space ? U' ' : c);
        }
    });
}

std::string_view strip(std::string_view text, bool left, bool right) {
    std::size_t begin = 0;
    while (left && begin < text.size() && is_white_space(code_point_at(text, begin).value)) {
        begin += code_point_at(text, begin).bytes;
    }
    std::size_t end = begin; // after the last character that is no white space
    for (std::size_t i = begin; i < text.size();) {
        const CodePoint point = code_point_at(text, i);
        i += point.bytes;
        end = right && is_white_space(point.value) ? end : i;
    }
    return text.substr(begin, end - begin);
}

std::string replace_text(std::string_view text, std::string_view from, std::string_view to) {
    std::string result;
    for (std::size_t found = text.find(from); found != std::string_view::npos; found = text.find(from)) {
        result.append(text.substr(0, found)).append(to);
        text.remove_prefix(found + from.size());
    }
    return result.append(text);
}

bool RunPattern::holds(char32_t c) const {
    return negated != std::ranges::any_of(ranges, [c](const auto& range) {
               return c >= range.first && c <= range.second;
           });
}

std::optional<RunPattern> parse_run_pattern(std::string_view regex) {
    return PatternReader(regex).read();
}

std::string replace_runs(std::string_view text, const RunPattern& pattern, std::string_view to) {
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        std::size_t count = 0;
        while (end < text.size() && count < pattern.most && pattern.holds(code_point_at(text, end).value)) {
            end += code_point_at(text, end).bytes;
            ++count;
        }
        if (count >= pattern.least) {
            result += to;
        } else {
            end = count == 0 ? i + code_point_at(text, i).bytes : end;
            result += text.substr(i, end - i);
        }
        i = end;
    }
    return result;
}

} // namespace rushes
