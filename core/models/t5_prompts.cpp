#include "models/t5_prompts.h"

#include "base/paths.h"
#include "base/sha256.h"
#include "models/model_hash.h"
#include "models/residency.h"
#include "nn/transfer.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

namespace rushes {

namespace {

/// Of the encoder's code: another one when it gives other numbers than before.
constexpr const char* numbers_version = "1";

constexpr std::int64_t pad_piece = 0; ///< of every T5

PhasePart<T5Encoder> encoder_of(
    const ModelInfo& info,
    ComponentLoading& loading,
    const std::string& component,
    const std::stop_token& stop
) {
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
    const ModelInfo& info,
    ComponentLoading& loading,
    std::size_t max_tokens,
    const std::stop_token& stop,
    PromptPadding padding,
    const T5Parts& parts
)
    : source_(info.part(parts.encoder)),
      device_(loading.options().device_of(parts.encoder)),
      dtype_(number_type(loading.options().dtype)),
      max_tokens_(max_tokens),
      padding_(padding),
      tokenizer_(load_unigram_tokenizer(info.part(parts.tokenizer))),
      encoder_(encoder_of(info, loading, parts.encoder, stop)) {
    if (!text_encoder_stays(index_weights(source_).bytes(), loading.options())) {
        cache_.emplace(cache_dir() / "embeddings");
    }
}

T5Prompts::Text T5Prompts::text_of(const std::string& prompt) const {
    Text text{tokenizer_.encode(prompt, max_tokens_)};
    text.own = std::ssize(text.ids);
    if (padding_ != PromptPadding::none) {
        text.ids.resize(max_tokens_, pad_piece);
    }
    if (padding_ == PromptPadding::kept) {
        text.own = std::ssize(text.ids);
    }
    return text;
}

/// Of all that the numbers depend on: the encoder's files, where and in which type they are computed, and the
/// tokens. model_hash() reads samples of the weights only, so that a file in which somebody changed a layer
/// could pass for the old one: when it was written counts too.
std::string T5Prompts::key_of(const std::vector<std::int64_t>& ids) const {
    const std::vector<std::filesystem::path> small_files{"config.json"};
    const std::vector<WeightIndex> weights{index_weights(source_)};
    Sha256 hash;
    hash.update(model_hash(source_, small_files, weights));
    for (const WeightFile& file : weights.front().files) {
        std::error_code error; // then all such files have one time
        const auto written = std::filesystem::last_write_time(file.path, error);
        hash.update(std::to_string(written.time_since_epoch().count()));
        hash.update(" ");
    }
    hash.update(numbers_version);
    hash.update(device_.is_cpu() ? " cpu " : " card ");
    hash.update(c10::toString(dtype_));
    hash.update(padding_ == PromptPadding::kept ? " kept " : ""); // of the same pieces more stays
    for (const std::int64_t id : ids) {
        hash.update(std::to_string(id));
        hash.update(" ");
    }
    return hash.finish();
}

TextEmbeddings
T5Prompts::embed(const Brief& brief, const std::stop_token& stop, const ShareDone& done) const {
    std::vector<Text> texts{text_of(brief.prompt)};
    if (brief.guided) {
        texts.push_back(text_of(brief.negative));
    }
    std::vector<std::string> keys(texts.size());
    std::vector<at::Tensor> embedded(texts.size());
    for (std::size_t i = 0; cache_ && i < texts.size(); ++i) {
        keys[i] = key_of(texts[i].ids);
        if (const at::Tensor found = cache_->find(keys[i]); found.defined()) {
            embedded[i] = sent_to(found, device_);
        }
    }
    if (!std::ranges::all_of(embedded, &at::Tensor::defined)) {
        const auto with = [&](const T5Encoder& encoder) {
            for (std::size_t i = 0; i < texts.size(); ++i) {
                if (embedded[i].defined()) {
                    continue;
                }
                embedded[i] = encoder.forward(texts[i].ids, stop).narrow(1, 0, texts[i].own).contiguous();
                if (cache_) {
                    cache_->keep(keys[i], embedded[i]);
                }
            }
        };
        encoder_.with(with, done, stop);
    }
    return {embedded.front(), brief.guided ? embedded.back() : at::Tensor()};
}

} // namespace rushes
