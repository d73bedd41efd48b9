// How a normalised text is cut before the search for pieces, which never crosses a cut: the pre-tokenizers of
// tokenizer.json that unigram models are written with (huggingface/tokenizers,
// tokenizers/src/pre_tokenizers).
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace rushes {

struct TextPart {
    std::string text;
    bool at_start = false; ///< nothing of what was typed lies before it
};

using Splitter = std::function<std::vector<TextPart>(std::vector<TextPart>)>;

/// At every white space, which is dropped.
std::vector<TextPart> split_at_white_space(const std::vector<TextPart>& parts);

/// Writes `mark` for each space, so that words carry it in front.
struct Metaspace {
    /// The mark in front of a part: always one more, one where it has none, that at the start only, none.
    enum class Prepend { always, where_missing, first_where_missing, never };

    std::string mark = "\u2581";
    Prepend prepend = Prepend::always;
    bool split = false; ///< cuts before each mark

    std::vector<TextPart> operator()(std::vector<TextPart> parts) const;
};

} // namespace rushes
