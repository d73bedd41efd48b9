#include "models/clip_prompts.h"

#include "text/prompt_weights.h"

#include <algorithm>

namespace rushes {

TextEmbeddings embed_prompts(
    const ClipTokenizer& tokenizer,
    const ClipEncoder& encoder,
    const Brief& brief,
    const std::stop_token& stop
) {
    const auto length = static_cast<std::size_t>(encoder.config().positions);
    std::vector<PromptChunk> prompt = prompt_chunks(tokenizer, brief.prompt, length);
    if (!brief.guided) {
        return {embed_chunks(encoder, prompt, 0, stop), {}};
    }
    std::vector<PromptChunk> negative = prompt_chunks(tokenizer, brief.negative, length);
    const std::size_t count = std::max(prompt.size(), negative.size());
    prompt.resize(count, empty_chunk(tokenizer, length));
    negative.resize(count, empty_chunk(tokenizer, length));
    return {embed_chunks(encoder, prompt, 0, stop), embed_chunks(encoder, negative, 0, stop)};
}

} // namespace rushes
