// What the config files of an LTX-Video directory say, free of libtorch. Every number is read, none guessed
// from shapes. Keys and defaults as diffusers 0.42 writes and fills them
// (models/transformers/transformer_ltx.py).
#pragma once

#include "base/json_config.h"
#include "models/ltx/vae_config.h"
#include "schedulers/scheduler_config.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace rushes::ltx {

struct TransformerConfig {
    std::int64_t heads = 0;
    std::int64_t head_dim = 0;
    std::int64_t channels = 0; ///< of the latents, in and out; a token is one place of one latent frame
    std::int64_t layers = 0;
    std::int64_t caption_channels = 0; ///< of the text encoder's states
    double norm_eps = 1e-6;
    bool attention_bias = true;
    bool attention_out_bias = true;

    std::int64_t dim() const { return heads * head_dim; }

    std::int64_t ffn_dim() const { return 4 * dim(); }
};

/// The pipelines of diffusers differ in more than what they take, and a directory names the one that its
/// weights were published for.
enum class PipelineKind {
    first,     ///< LTXPipeline, LTXImageToVideoPipeline: versions 0.9.0 and 0.9.1
    condition, ///< LTXConditionPipeline: 0.9.5 and later
};

struct PipelineConfig {
    PipelineKind kind = PipelineKind::first;
    TransformerConfig transformer;
    VaeConfig vae;
    SchedulerConfig scheduler;

    /// Pieces of a prompt that are read.
    std::size_t text_tokens() const { return kind == PipelineKind::first ? 128 : 256; }
};

/// Of a network that doubles the height and width of latents (LTXLatentUpsamplerModel).
struct UpsamplerConfig {
    std::int64_t channels = 0; ///< of the latents
    std::int64_t width = 0;    ///< channels within
    std::int64_t blocks = 0;   ///< before the doubling, and as many behind
};

/// `config` is latent_upsampler/config.json. Throws Error{user}.
UpsamplerConfig read_upsampler_config(const JsonConfig& config);

/// The part of ModelInfo::parts that it is.
inline constexpr const char* upsampler_part = "latent_upsampler";

/// `config` is transformer/config.json. Throws Error{user}.
TransformerConfig read_transformer_config(const JsonConfig& config);

/// Checks the classes of all components that `index` (model_index.json) names. Throws Error{user}.
PipelineConfig read_pipeline_config(const std::filesystem::path& directory, const JsonConfig& index);

} // namespace rushes::ltx
