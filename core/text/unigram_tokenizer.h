// The tokenizer of T5 and UMT5: SentencePiece's unigram model (Kudo 2018, arXiv 1804.10959), read from
// spiece.model or from tokenizer.json. Same ids as transformers' fast tokenizer. No libtorch here.
#pragma once

#include "text/normalizers.h"
#include "text/pre_tokenizers.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rushes {

/// What both file formats say, as plain values.
struct UnigramModel {
    struct Piece {
        std::string text;
        double score = 0;    ///< logarithm of the probability
        bool in_text = true; ///< may stand for a part of the text; control and byte pieces may not
        bool counts =
            true; ///< its score counts for the least score, which unknown characters are measured by
    };

    /// A text that is cut out and stands for one id ("</s>").
    struct AddedToken {
        std::string text;
        std::int64_t id = 0;
        bool normalized = false; ///< looked for after normalisation, which it goes through as well
        bool strip_left = false; ///< takes the white space before it along
        bool strip_right = false;
    };

    std::vector<Piece> pieces; ///< by id
    std::int64_t unknown_id = 0;
    bool byte_fallback = false; ///< unknown characters as the pieces <0x00>..<0xFF> of their bytes

    std::vector<TextStep> normalization; ///< in order
    std::vector<Splitter> splitting;     ///< in order

    std::vector<AddedToken> added;
    std::vector<std::int64_t> prefix; ///< ids before every text
    std::vector<std::int64_t> suffix; ///< ids after every text (EOS)
};

/// SentencePiece's file. `what` is its name for people. Throws Error{user}: not such a file, another model
/// type, a setting that is not supported.
UnigramModel parse_spiece_model(std::string_view bytes, const std::string& what);

/// The tokenizers library's file with a Unigram model. Throws Error{user}: not such a file, another model, a
/// normaliser or pre-tokenizer that is not supported.
UnigramModel parse_tokenizer_json(std::string_view text, const std::string& what);

class UnigramTokenizer {
public:
    /// Throws Error{user} for a model that contradicts itself.
    explicit UnigramTokenizer(UnigramModel model);

    // Moving keeps the pieces where they are, copying would not.
    UnigramTokenizer(UnigramTokenizer&&) = default;
    UnigramTokenizer& operator=(UnigramTokenizer&&) = default;

    /// The ids of a text with EOS at the end, at most `max_length` of them: the text is cut, EOS stays
    /// (transformers' truncation on the right). Padding is not part of the result: its size is the attention
    /// mask's count of ones.
    std::vector<std::int64_t> encode(std::string_view text, std::size_t max_length) const;

    std::size_t vocabulary_size() const { return model_.pieces.size(); }

    const std::string& piece(std::int64_t id) const {
        return model_.pieces.at(static_cast<std::size_t>(id)).text;
    }

private:
    std::string normalize(std::string_view text) const;
    void encode_plain(std::string_view text, bool at_start, std::vector<std::int64_t>& ids) const;
    void encode_word(std::string_view word, std::vector<std::int64_t>& ids) const;
    void append_unknown(std::string_view text, std::vector<std::int64_t>& ids) const;

    UnigramModel model_;
    std::unordered_map<std::string_view, std::int64_t> id_of_; ///< views into model_
    std::vector<std::int64_t> byte_ids_;                       ///< 256 of them, or empty
    std::size_t longest_piece_ = 0;                            ///< bytes
    double unknown_score_ = 0;
};

/// The tokenizer directory of a model: spiece.model, or else tokenizer.json (both give the same ids; the
/// first is much smaller). Throws Error{user} when neither is there or the file is unsound.
UnigramTokenizer load_unigram_tokenizer(const std::filesystem::path& directory);

} // namespace rushes
