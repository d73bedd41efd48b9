// Latents with twice the height and width, for a second pass that makes detail of them:
// LTXLatentUpsamplerModel of diffusers 0.42 (pipelines/ltx/modeling_latent_upsampler.py) and what
// LTXLatentUpsamplePipeline does around it.
#pragma once

#include "models/ltx/config.h"
#include "nn/convolution.h"
#include "nn/group_norm.h"
#include "nn/weights/weight_store.h"
#include "nn/work_unit.h"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::ltx {

/// Immutable.
class Upsampler {
public:
    /// Reads it from `source`, a directory or a file. Throws Error{user}; Stopped.
    static std::shared_ptr<const Upsampler>
    load(const UpsamplerConfig& config, const std::filesystem::path& source, const WeightOptions& options);

    Upsampler(const UpsamplerConfig& config, const Weights& weights);

    /// Features [T, h, w, C], as the autoencoder made them -> [T, 2 h, 2 w, C]. Throws Stopped between its
    /// layers and within them.
    at::Tensor
    forward(const at::Tensor& x, const std::stop_token& stop = {}, const ShareDone& done = {}) const;

    const at::TensorOptions& options() const { return options_; }

private:
    struct Block {
        Convolution conv1;
        GroupNorm norm1;
        Convolution conv2;
        GroupNorm norm2;
    };

    static std::vector<Block> blocks(const Weights& weights, const UpsamplerConfig& config);
    static at::Tensor through(const Block& block, const at::Tensor& x, const std::stop_token& stop);

    at::TensorOptions options_;
    Convolution first_;
    GroupNorm first_norm_;
    std::vector<Block> before_;
    Convolution wider_; ///< frame by frame: four places in channels
    std::vector<Block> after_;
    Convolution last_;
};

/// Each channel of `x` with the mean and the spread of the same channel of `like` (adain_filter_latent, with
/// a factor of 1). Both [T, h, w, C].
at::Tensor with_statistics_of(const at::Tensor& like, const at::Tensor& x);

/// Large values drawn in, by 0..1 (tone_map_latents).
at::Tensor tone_mapped(const at::Tensor& x, double compression);

} // namespace rushes::ltx
