#include "models/t5_prompts.h"

#include "models/residency.h"

#include <utility>

#include <ATen/ATen.h>

namespace rushes {

namespace {

const std::string component = "text_encoder";

PhasePart<T5Encoder>
encoder_of(const ModelInfo& info, ComponentLoading& loading, const std::stop_token& stop) {
    const std::filesystem::path directory = info.part(component);
    const bool stays = text_encoder_stays(index_weights(directory).bytes(), loading.options());
    const WeightOptions options =
        stays ? loading.weights(component) : loading.unseen(component, number_type(loading.options().dtype));
    auto load = [directory, device = options.device, dtype = options.dtype](
                    const std::function<void(double)>& progress, const std::stop_token& until
                ) { return load_t5_encoder(directory, {device, dtype, progress, until}); };
    return {std::move(load), stays, options.progress, stop};
}

} // namespace

T5Prompts::T5Prompts(
    const ModelInfo& info, ComponentLoading& loading, std::size_t max_tokens, const std::stop_token& stop
)
    : max_tokens_(max_tokens),
      tokenizer_(load_unigram_tokenizer(info.part("tokenizer"))),
      encoder_(encoder_of(info, loading, stop)) {}

TextEmbeddings
T5Prompts::embed(const Brief& brief, const std::stop_token& stop, const ShareDone& done) const {
    const auto with = [&](const T5Encoder& encoder) {
        const auto embedded = [&](const std::string& text) {
            return encoder.forward(tokenizer_.encode(text, max_tokens_), stop);
        };
        return TextEmbeddings{embedded(brief.prompt), brief.guided ? embedded(brief.negative) : at::Tensor()};
    };
    return encoder_.with(with, done, stop);
}

} // namespace rushes
