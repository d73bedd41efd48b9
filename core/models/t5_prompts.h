// Prompts as a T5 encoder sees them: the folders tokenizer and text_encoder of a model.
#pragma once

#include "models/component_loading.h"
#include "models/phase_part.h"
#include "models/pipeline.h"
#include "models/text_embeddings.h"
#include "text/t5_encoder.h"
#include "text/unigram_tokenizer.h"

#include <cstddef>
#include <stop_token>

namespace rushes {

/// A large encoder is read again for each new prompt (residency.h).
class T5Prompts {
public:
    /// `max_tokens` of a prompt are read, the end mark among them. Throws Error{user}; Stopped.
    T5Prompts(
        const ModelInfo& info, ComponentLoading& loading, std::size_t max_tokens, const std::stop_token& stop
    );

    /// Without padding. The prompts are taken as they are: cleaning is the family's affair.
    TextEmbeddings embed(const Brief& brief, const std::stop_token& stop, const ShareDone& done) const;

private:
    std::size_t max_tokens_;
    UnigramTokenizer tokenizer_;
    PhasePart<T5Encoder> encoder_;
};

} // namespace rushes
