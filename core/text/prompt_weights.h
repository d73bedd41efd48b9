// Prompt weighting and long prompts as creators write them (the notation of stable-diffusion-webui,
// "Attention/ emphasis"): (word) counts 1.1 times, ((word)) 1.21 times, (word:1.3) 1.3 times, [word] 1 / 1.1
// times; \( is a bracket; BREAK begins a new chunk. No libtorch here.
#pragma once

#include "text/clip_tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rushes {

struct WeightedText {
    std::string text;
    double weight = 1;
    bool breaks_after = false; ///< BREAK stood behind it
};

/// Neighbours of one weight are one. A bracket that is never closed reaches to the end; what is no proper
/// weight is text.
std::vector<WeightedText> parse_prompt_weights(std::string_view prompt);

/// What an encoder takes at once: start, pieces, end, padding, and what each counts.
struct PromptChunk {
    std::vector<std::int64_t> ids;
    std::vector<float> weights; ///< 1 for start, end and padding

    bool weighted() const;
};

/// The prompt in as many chunks of `length` (77: the model's positions) as it takes, one at least. A chunk
/// ends behind its last comma when that is among its last 20 pieces, else where it is full.
std::vector<PromptChunk>
prompt_chunks(const ClipTokenizer& tokenizer, std::string_view prompt, std::size_t length);

/// A chunk without text, to bring two prompts to the same number of chunks.
PromptChunk empty_chunk(const ClipTokenizer& tokenizer, std::size_t length);

} // namespace rushes
