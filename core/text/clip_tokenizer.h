// The tokenizer of CLIP: byte-level byte pairs (Sennrich et al., arXiv 1508.07909; Radford et al., "Learning
// Transferable Visual Models From Natural Language Supervision", arXiv 2103.00020), read from vocab.json with
// merges.txt or from tokenizer.json. Same ids as CLIPTokenizer of transformers 5. No libtorch here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rushes {

/// What both layouts say, as plain values.
struct ClipVocabulary {
    std::unordered_map<std::string, std::int64_t> ids;       ///< of pieces; a word's last one ends in "</w>"
    std::vector<std::pair<std::string, std::string>> merges; ///< the most frequent first
    std::string pad = "<|endoftext|>";                       ///< the piece behind a short text
};

/// `vocabulary` is vocab.json, `merges` merges.txt. Throws Error{user}.
ClipVocabulary parse_clip_vocabulary(std::string_view vocabulary, std::string_view merges);

/// tokenizer.json of the tokenizers library. Throws Error{user}: another model, another normaliser.
ClipVocabulary parse_clip_tokenizer_json(std::string_view text, const std::string& what);

class ClipTokenizer {
public:
    /// Throws Error{user} for a vocabulary that lacks the marks of start and end, holds an id out of range or
    /// merges what it does not hold.
    explicit ClipTokenizer(const ClipVocabulary& vocabulary);

    /// The ids of a text alone, without start and end.
    std::vector<std::int64_t> pieces(std::string_view text) const;

    /// Start, as many of the ids as fit, end, and padding up to `length` (>= 2).
    std::vector<std::int64_t> framed(const std::vector<std::int64_t>& ids, std::size_t length) const;

    /// framed(pieces(text), length), as the pipelines of Stable Diffusion ask for it.
    std::vector<std::int64_t> encode(std::string_view text, std::size_t length) const;

    std::int64_t start() const { return start_; }

    std::int64_t end() const { return end_; }

    /// The largest id and 1.
    std::int64_t vocabulary_size() const { return size_; }

private:
    struct Merge {
        std::size_t rank = 0;
        std::int64_t id = 0; ///< of the two together
    };

    struct PairHash {
        std::size_t operator()(const std::pair<std::int64_t, std::int64_t>& pair) const {
            return std::hash<std::int64_t>()(pair.first << 32 ^ pair.second);
        }
    };

    void append_plain(std::string_view text, std::vector<std::int64_t>& ids) const;
    void append_word(std::string_view word, std::vector<std::int64_t>& ids) const;
    std::int64_t id_of(const std::string& piece, const char* role) const;

    std::unordered_map<std::string, std::int64_t> ids_;
    std::unordered_map<std::pair<std::int64_t, std::int64_t>, Merge, PairHash> merges_;
    std::int64_t start_ = 0;
    std::int64_t end_ = 0; ///< stands for unknown pieces too
    std::int64_t pad_ = 0;
    std::int64_t size_ = 0;
};

/// The tokenizer directory of a model: vocab.json and merges.txt, or else tokenizer.json; the padding as
/// tokenizer_config.json or special_tokens_map.json has it. Throws Error{user} when neither is there or a
/// file is unsound.
ClipTokenizer load_clip_tokenizer(const std::filesystem::path& directory);

} // namespace rushes
