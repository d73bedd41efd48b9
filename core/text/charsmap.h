// SentencePiece's precompiled normalisation rules ("precompiled_charsmap" in spiece.model and
// tokenizer.json).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rushes {

/// Layout (google/sentencepiece, src/normalizer.cc): uint32 size of the trie in bytes, a double-array trie of
/// uint32 units (darts-clone, include/darts.h) whose values are offsets into the rest, which holds
/// NUL-terminated texts.
class Charsmap {
public:
    /// No rules: every text stays as it is.
    Charsmap() = default;

    /// Throws Error{user}, starting with `what`, for a blob that does not have the layout.
    Charsmap(std::string_view blob, const std::string& what);

    /// Replaces, from left to right, the longest text that a rule knows. Bytes that are not UTF-8 become
    /// U+FFFD.
    std::string normalize(std::string_view text) const;

private:
    struct Match {
        std::size_t bytes = 0;
        std::string_view replacement;
    };

    std::optional<Match> longest_match(std::string_view text) const;
    std::string_view replacement_at(std::uint32_t offset) const;

    std::vector<std::uint32_t> units_;
    std::string replacements_;
};

} // namespace rushes
