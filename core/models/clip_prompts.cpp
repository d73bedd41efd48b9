#include "models/clip_prompts.h"

#include "text/prompt_weights.h"

#include <algorithm>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {

namespace {

/// A text in both towers, in the same number of chunks.
struct TwoTexts {
    std::vector<PromptChunk> first;
    std::vector<PromptChunk> second;

    TwoTexts(const ClipTower& a, const ClipTower& b, const std::string& text)
        : first(prompt_chunks(a.tokenizer, text, places(a))),
          second(prompt_chunks(b.tokenizer, text, places(b))) {}

    static std::size_t places(const ClipTower& tower) {
        return static_cast<std::size_t>(tower.encoder.config().positions);
    }

    std::size_t chunks() const { return std::max(first.size(), second.size()); }

    void fill(const ClipTower& a, const ClipTower& b, std::size_t count) {
        first.resize(count, empty_chunk(a.tokenizer, places(a)));
        second.resize(count, empty_chunk(b.tokenizer, places(b)));
    }
};

struct TwiceEmbedded {
    at::Tensor states;
    at::Tensor pooled;
};

TwiceEmbedded embed(
    const ClipEncoder& first, const ClipEncoder& second, const TwoTexts& text, const std::stop_token& stop
) {
    const at::InferenceMode guard;
    std::vector<at::Tensor> chunks;
    at::Tensor pooled;
    for (std::size_t i = 0; i < text.first.size(); ++i) {
        const PromptChunk& chunk = text.second[i];
        const ClipEncoder::States big = second.states(chunk.ids, stop);
        const at::Tensor small = first.states(text.first[i].ids, stop).penultimate;
        chunks.push_back(at::cat({weighed(small, text.first[i]), weighed(big.penultimate, chunk)}, 2));
        if (i == 0) {
            pooled = second.pooled(chunk.ids, big.last);
        }
    }
    return {at::cat(chunks, 1), pooled};
}

} // namespace

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

TextEmbeddings embed_prompts_twice(
    const ClipTower& first,
    const ClipTower& second,
    const Brief& brief,
    bool zero_empty,
    const std::stop_token& stop
) {
    const bool zeros = zero_empty && brief.negative.empty();
    TwoTexts prompt(first, second, brief.prompt);
    TwoTexts negative(first, second, brief.guided ? brief.negative : std::string());
    const std::size_t count =
        std::max(prompt.chunks(), brief.guided && !zeros ? negative.chunks() : prompt.chunks());
    prompt.fill(first, second, count);
    const TwiceEmbedded shown = embed(first.encoder, second.encoder, prompt, stop);
    if (!brief.guided) {
        return {shown.states, {}, shown.pooled};
    }
    if (zeros) {
        return {shown.states, at::zeros_like(shown.states), shown.pooled, at::zeros_like(shown.pooled)};
    }
    negative.fill(first, second, count);
    const TwiceEmbedded avoided = embed(first.encoder, second.encoder, negative, stop);
    return {shown.states, avoided.states, shown.pooled, avoided.pooled};
}

} // namespace rushes
