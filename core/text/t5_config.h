// What config.json of a T5 or UMT5 encoder says; no libtorch.
#pragma once

#include "nn/weights/safetensors_writer.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rushes {

/// config.json of the text encoder.
struct T5Config {
    bool bias_in_every_block = true; ///< UMT5EncoderModel; false: T5EncoderModel
    std::int64_t vocab_size = 0;
    std::int64_t d_model = 0;
    std::int64_t d_kv = 0; ///< size of one head
    std::int64_t d_ff = 0;
    std::int64_t num_layers = 0;
    std::int64_t num_heads = 0;
    std::int64_t relative_attention_num_buckets = 32;
    std::int64_t relative_attention_max_distance = 128; ///< tokens
    double layer_norm_epsilon = 1e-6;
    enum class Activation { gelu_new, gelu, relu } activation = Activation::gelu_new;
    bool gated = true; ///< act(wi_0 x) * (wi_1 x), else act(wi x)

    bool operator==(const T5Config&) const = default;
};

/// Throws Error{user}: another class, a missing number, an activation that is not supported.
T5Config read_t5_config(const std::filesystem::path& directory);

/// The encoder that Wan brings along.
T5Config umt5_xxl();

/// T5 v1.1 XXL, which LTX-Video and FLUX bring along.
T5Config t5_xxl();

/// config.json of such an encoder, as read_t5_config() takes it.
std::string t5_config_text(const T5Config& config);

/// The tensors of such an encoder, as transformers names and orders them.
std::vector<TensorShape> t5_tensors(const T5Config& config, TensorDtype dtype);

} // namespace rushes
