// The text encoders of CLIP: ViT-L's of Stable Diffusion 1.x and XL, OpenCLIP's ViT-H of 2.x and Turbo and
// its bigG of XL (transformers 5, modeling_clip.py, CLIPTextModel and CLIPTextModelWithProjection).
#pragma once

#include "nn/layers.h"
#include "nn/weights/weight_store.h"
#include "text/clip_config.h"
#include "text/prompt_weights.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

struct ClipBlock {
    LayerNorm layer_norm1;
    Linear q, k, v, out;
    LayerNorm layer_norm2;
    Linear fc1, fc2;
    std::int64_t heads;
    ClipConfig::Activation activation;

    /// Query, key and value by themselves or in one, "qkv_proj".
    ClipBlock(const Weights& weights, const ClipConfig& config);
    /// x [1, tokens, hidden]; `mask` [1, 1, tokens, tokens] is added to the scores.
    at::Tensor forward(const at::Tensor& x, const at::Tensor& mask, const std::stop_token& stop) const;
};

/// What files of CLIP hold beside a text encoder's weights: 0, 1, 2 ... in older ones, what texts and
/// pictures are compared by, and the projection, where the encoder is used without.
inline constexpr std::array<std::string_view, 3> left_over_in_clip{
    "position_ids", "logit_scale", "text_projection"
};

class ClipEncoder {
public:
    /// The root scope of a text_encoder directory; names with and without "text_model." in front.
    ClipEncoder(const Weights& weights, const ClipConfig& config);

    const ClipConfig& config() const { return config_; }

    /// ids of one text, padded -> hidden states [1, tokens, hidden] behind the final norm. The last `skip`
    /// layers are left out ("clip skip": 1 is the penultimate layer). Throws Stopped before each work unit;
    /// Error{user} for ids, a length or a skip that the model does not have.
    at::Tensor
    forward(std::span<const std::int64_t> ids, int skip = 0, const std::stop_token& stop = {}) const;

    struct States {
        at::Tensor penultimate; ///< before the last layer, and without the final norm, as SDXL takes them
        at::Tensor last;        ///< as forward() gives them
    };

    /// Throws as forward() does.
    States states(std::span<const std::int64_t> ids, const std::stop_token& stop = {}) const;

    /// The state at the text's end of forward(ids), through the projection where there is one: [1, width].
    at::Tensor pooled(std::span<const std::int64_t> ids, const at::Tensor& hidden) const;

private:
    /// The states behind the first `layers`, without the final norm.
    at::Tensor run(std::span<const std::int64_t> ids, std::int64_t layers, const std::stop_token& stop) const;

    const ClipConfig config_;
    Embedding token_embedding_;
    at::Tensor position_embedding_; ///< [positions, hidden]
    std::vector<ClipBlock> blocks_;
    LayerNorm final_layer_norm_;
    Linear text_projection_; ///< undefined weight: none
};

/// A chunk's states, each multiplied by what its piece counts, and all of them scaled so that their mean
/// stays (stable-diffusion-webui, "Original" emphasis). Without weights they are as the encoder gives them.
at::Tensor weighed(const at::Tensor& hidden, const PromptChunk& chunk);

/// The chunks' weighed states one behind the other, [1, chunks * tokens, hidden].
at::Tensor embed_chunks(
    const ClipEncoder& encoder,
    std::span<const PromptChunk> chunks,
    int skip = 0,
    const std::stop_token& stop = {}
);

/// Reads config.json and the weights of a text_encoder directory. Throws Error{user}; Stopped.
ClipEncoder load_clip_encoder(const std::filesystem::path& directory, WeightOptions options = {});

} // namespace rushes
