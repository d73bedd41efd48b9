// The tiny decoder of stills, TAESD (class AutoencoderTiny of diffusers, models/autoencoders): quick, and a
// little rough.
#pragma once

#include "models/pipeline.h"
#include "nn/convolution.h"
#include "nn/weights/weight_store.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace rushes {

/// Immutable; the streams that it hands out share its weights and keep it alive.
class TinyStillDecoder : public std::enable_shared_from_this<TinyStillDecoder> {
public:
    /// Reads config.json and the weights of `directory`. Throws Error{user}: another class or a setting that
    /// is not supported, latents with other than `channels` channels; Stopped.
    static std::shared_ptr<const TinyStillDecoder>
    load(const std::filesystem::path& directory, std::int64_t channels, const WeightOptions& options);

    std::int64_t pixel_stride() const { return std::int64_t{1} << (stages_.size() - 1); }

    /// Every latent frame is a picture of its own. Latents as the denoiser sees them. As of LatentDecoder.
    std::unique_ptr<LatentDecoder> decoder() const;

private:
    friend class TinyStillStream;

    using Block = std::vector<Convolution>; ///< three: relu(c2(relu(c1(relu(c0 x)))) + x)

    struct Stage {
        std::vector<Block> blocks;
        Convolution out; ///< after the picture was made twice as large, but of the last stage
    };

    TinyStillDecoder(
        std::int64_t channels,
        const std::vector<std::int64_t>& widths,
        const std::vector<std::int64_t>& blocks,
        const Weights& layers
    );

    std::int64_t channels_;
    at::TensorOptions options_;
    Convolution in_;
    std::vector<Stage> stages_;
};

} // namespace rushes
