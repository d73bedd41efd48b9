// Prompts as a T5 encoder sees them, by two folders of a model.
#pragma once

#include "models/component_loading.h"
#include "models/embedding_cache.h"
#include "models/phase_part.h"
#include "models/pipeline.h"
#include "models/text_embeddings.h"
#include "text/t5_encoder.h"
#include "text/unigram_tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace rushes {

/// What the encoder sees of a prompt that is shorter than it may be.
enum class PromptPadding {
    none, ///< or it is masked, which is the same
    seen, ///< empty pieces behind it, as many as there is room for, which change what the others become
    kept, ///< and what becomes of them belongs to the text
};

/// Names of the folders.
struct T5Parts {
    std::string encoder = "text_encoder";
    std::string tokenizer = "tokenizer";
};

/// A large encoder is read again for new prompts (residency.h), and for none that it ever saw: what it made
/// of them is in the cache folder.
class T5Prompts {
public:
    /// `max_tokens` of a prompt are read, the end mark among them. Throws Error{user}; Stopped.
    T5Prompts(
        const ModelInfo& info,
        ComponentLoading& loading,
        std::size_t max_tokens,
        const std::stop_token& stop,
        PromptPadding padding = PromptPadding::none,
        const T5Parts& parts = {}
    );

    /// Of the prompts' own pieces, unless the padding is kept. The prompts are taken as they are: cleaning is
    /// the family's affair.
    TextEmbeddings embed(const Brief& brief, const std::stop_token& stop, const ShareDone& done) const;

private:
    /// Pieces as the encoder sees them, and how many of their states belong to the text.
    struct Text {
        std::vector<std::int64_t> ids;
        std::int64_t own = 0;
    };

    Text text_of(const std::string& prompt) const;
    std::string key_of(const std::vector<std::int64_t>& ids) const;

    std::filesystem::path source_;
    at::Device device_;
    at::ScalarType dtype_;
    std::size_t max_tokens_;
    PromptPadding padding_;
    UnigramTokenizer tokenizer_;
    PhasePart<T5Encoder> encoder_;
    std::optional<EmbeddingCache> cache_; ///< of an encoder that does not stay
};

} // namespace rushes
