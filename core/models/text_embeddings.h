// A prompt and its negative prompt, as text encoders give them.
#pragma once

#include <ATen/core/Tensor.h>

namespace rushes {

/// Each [1, tokens, numbers]. `negative` is undefined where no pass is guided.
struct TextEmbeddings {
    at::Tensor prompt;
    at::Tensor negative;
    /// The whole text as one, [1, numbers], of models that are told it beside its pieces; else undefined.
    at::Tensor pooled_prompt = {};
    at::Tensor pooled_negative = {};
};

} // namespace rushes
