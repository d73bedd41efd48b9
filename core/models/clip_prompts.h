// Prompts as CLIP's encoders see them: weighted, and in as many chunks as they take.
#pragma once

#include "models/pipeline.h"
#include "models/text_embeddings.h"
#include "text/clip_encoder.h"
#include "text/clip_tokenizer.h"

#include <stop_token>

namespace rushes {

/// Both prompts in the same number of chunks, since a UNet sees them as one; without the negative one where
/// the brief is not guided. Throws Error{user}; Stopped.
TextEmbeddings embed_prompts(
    const ClipTokenizer& tokenizer,
    const ClipEncoder& encoder,
    const Brief& brief,
    const std::stop_token& stop
);

struct ClipTower {
    const ClipTokenizer& tokenizer;
    const ClipEncoder& encoder;
};

/// As SDXL takes prompts (encode_prompt() of StableDiffusionXLPipeline of diffusers 0.42): the penultimate
/// states of both encoders side by side, and the first chunk as the second encoder pools it. `zero_empty`: no
/// negative prompt is zeros. Throws as embed_prompts() does.
TextEmbeddings embed_prompts_twice(
    const ClipTower& first,
    const ClipTower& second,
    const Brief& brief,
    bool zero_empty,
    const std::stop_token& stop
);

} // namespace rushes
