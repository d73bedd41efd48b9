#include "models/clip_vision.h"

#include "base/resample.h"
#include "models/clip_vision_names.h"
#include "nn/transfer.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <ATen/ATen.h>

namespace rushes {

namespace {

constexpr std::int64_t channels = 3;

ClipConfig block_config(const ClipVisionConfig& config) {
    return {
        .hidden_size = config.hidden_size,
        .intermediate_size = config.intermediate_size,
        .heads = config.heads,
        .activation = config.quick_gelu ? ClipConfig::Activation::quick_gelu : ClipConfig::Activation::gelu,
        .layer_norm_eps = config.layer_norm_eps,
    };
}

Weights model_of(const Weights& weights) {
    const Weights inner = weights["vision_model"];
    return inner.has("embeddings.patch_embedding.weight") ? inner : weights;
}

/// `name`, or `with_batch`, which has a dimension of one in front.
at::Tensor embedding(
    const Weights& embeddings,
    const std::string& name,
    const std::string& with_batch,
    std::vector<std::int64_t> shape
) {
    if (!embeddings.has(with_batch)) {
        return embeddings.tensor(name, shape);
    }
    shape.insert(shape.begin(), 3 - shape.size(), 1);
    return embeddings.tensor(with_batch, shape);
}

} // namespace

at::Tensor clip_pixels(const Frame& picture, const ClipVisionConfig& config, const ClipPixels& pixels) {
    const auto size = static_cast<int>(config.image_size);
    const int shorter = std::min(picture.width, picture.height);
    const auto scaled = [&](int side) { return static_cast<int>(std::int64_t{side} * size / shorter); };
    Frame small = resample(picture, scaled(picture.width), scaled(picture.height), Kernel::bicubic);
    const at::Tensor levels =
        at::from_blob(small.rgb.data(), {small.height, small.width, channels}, at::kByte)
            .narrow(0, (small.height - size) / 2, size)
            .narrow(1, (small.width - size) / 2, size)
            .to(at::kFloat)
            .div_(255);
    const auto of_channels = [](const std::array<double, 3>& values) {
        return at::tensor(at::ArrayRef<double>(values)).to(at::kFloat);
    };
    return ((levels - of_channels(pixels.mean)) / of_channels(pixels.std))
        .permute({2, 0, 1})
        .unsqueeze(0)
        .contiguous();
}

ClipVision::ClipVision(const Weights& weights, const ClipVisionConfig& config)
    : config_(config), options_(at::TensorOptions(weights.device()).dtype(weights.dtype())) {
    const Weights model = model_of(weights);
    const Weights embeddings = model["embeddings"];
    patch_embedding_ = Linear(
        embeddings["patch_embedding"],
        {config.hidden_size, channels, config.patch_size, config.patch_size},
        Bias::no
    );
    class_embedding_ = embedding(embeddings, "class_embedding", "cls_embedding", {config.hidden_size});
    position_embedding_ = embedding(
        embeddings, "position_embedding.weight", "pos_embedding", {config.tokens(), config.hidden_size}
    );
    pre_norm_ = LayerNorm(model["pre_layrnorm"], config.hidden_size, config.layer_norm_eps);
    for (std::int64_t i = 0; i + 1 < config.layers; ++i) {
        blocks_.emplace_back(model["encoder"]["layers"][i], block_config(config));
    }
}

at::Tensor ClipVision::forward(const at::Tensor& pixels, const std::stop_token& stop) const {
    const at::InferenceMode guard;
    const std::int64_t patch = config_.patch_size;
    const at::Tensor patches = sent_to(pixels, options_.device())
                                   .to(options_)
                                   .unflatten(3, {-1, patch})
                                   .unflatten(2, {-1, patch})
                                   .permute({0, 2, 4, 1, 3, 5})
                                   .reshape({1, config_.tokens() - 1, channels * patch * patch});
    at::Tensor hidden =
        at::cat({class_embedding_.view({1, 1, -1}), patch_embedding_.forward(patches, stop)}, /*dim=*/1);
    hidden = pre_norm_.forward(hidden + position_embedding_);
    for (const ClipBlock& block : blocks_) {
        hidden = block.forward(hidden, {}, stop);
    }
    return hidden;
}

ClipVision load_clip_vision(
    const std::filesystem::path& directory, const ClipVisionConfig& config, WeightOptions options
) {
    options.names = clip_vision_names();
    const WeightStore store(directory, std::move(options));
    ClipVision encoder(store.root(), config);
    const std::string last = std::to_string(config.layers - 1);
    const std::array<std::string_view, 4> unread{last, "post_layernorm", "visual_projection", "position_ids"};
    store.expect_all_used(unread);
    return encoder;
}

} // namespace rushes
