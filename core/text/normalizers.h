// What normalizers do to a text before it is cut into pieces: the steps of tokenizer.json
// (huggingface/tokenizers, tokenizers/src/normalizers) as free functions. Where a step looks at characters,
// bytes that are not UTF-8 become U+FFFD.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rushes {

/// One step, ready to be applied to a text.
using TextStep = std::function<std::string(std::string_view)>;

enum class UnicodeForm { nfc, nfd, nfkc, nfkd };

/// Unicode's normalisation forms (UAX 15).
std::string unicode_form(std::string_view text, UnicodeForm form);

/// Character by character: no rule looks at a neighbour ("Σ" at the end of a word becomes "σ").
std::string lowercase(std::string_view text);

/// Leaves out combining marks (general category M); an "é" in one piece stays.
std::string strip_accents(std::string_view text);

/// SentencePiece's rules "nmt": control characters go, unusual white space becomes a space.
std::string nmt_clean(std::string_view text);

/// Without the white space at the ends that are asked for.
std::string_view strip(std::string_view text, bool left, bool right);

/// Every `from` (not empty) from left to right becomes `to`.
std::string replace_text(std::string_view text, std::string_view from, std::string_view to);

/// One character of a set, so and so many times in a row: what the regular expressions of published
/// tokenizers ask for.
struct RunPattern {
    std::vector<std::pair<char32_t, char32_t>> ranges; ///< from, to: both belong to it
    bool negated = false;                              ///< any character that is in no range
    std::size_t least = 1;
    std::size_t most = std::numeric_limits<std::size_t>::max();

    bool holds(char32_t c) const;
};

/// Understands one character, "\s" or a class "[...]", with "+" or "{n,m}" behind it: " {2,}", "\s+",
/// "[\n\r]". Nothing for every other regular expression.
std::optional<RunPattern> parse_run_pattern(std::string_view regex);

/// Every run that the pattern matches, as long as it may be, becomes `to`.
std::string replace_runs(std::string_view text, const RunPattern& pattern, std::string_view to);

} // namespace rushes
