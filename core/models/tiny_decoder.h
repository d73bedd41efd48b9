// The tiny decoders of TAEHV (madebyollin/taehv, taehv.py): a few convolutions in place of a VAE, for
// previews and as the fast way to decode; each published file is for the latents of one VAE. Exact streaming:
// each block remembers the one frame before, so pieces of a clip give what the whole would.
#pragma once

#include "models/pipeline.h"
#include "nn/convolution.h"
#include "nn/weights/weight_store.h"

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace rushes {

/// What the shapes of a file say, and the model it is for.
struct TinyDecoderConfig {
    std::int64_t latent_channels = 16;
    std::int64_t patch_size = 1; ///< pixels of a side that one position of the output holds
    std::array<std::int64_t, 4> widths{
        256, 128, 64, 64
    }; ///< channels before, between and after the three steps up
    std::array<std::int64_t, 3> grown{1, 2, 2}; ///< frames that each step makes of one
    std::array<std::int64_t, 3> stored_growth{
        1, 2, 2
    }; ///< that the file has weights for; the last ones count

    std::int64_t frame_stride() const { return grown[0] * grown[1] * grown[2]; }

    std::int64_t pixel_stride() const { return 8 * patch_size; }
};

/// What a model's latents are: a decoder for others is refused.
struct LatentKind {
    std::int64_t channels = 16;
    std::int64_t frame_stride = 4; ///< 1, 2, 4 or 8; a file may offer more
    std::int64_t pixel_stride = 8;
};

/// Reads shapes of `decoder.*` only. Throws Error{user}, naming `what`: not such a decoder, or one for other
/// latents.
TinyDecoderConfig
read_tiny_decoder_config(const WeightIndex& index, const LatentKind& latents, const std::string& what);

/// Takes the frame before along: relu(c2(relu(c1(relu(c0([x, past]))))) + x).
class MemoryBlock {
public:
    MemoryBlock(const Weights& weights, std::int64_t width);

    /// x [T, h, w, width] -> the same shape; `past` is the last frame that went through, undefined at the
    /// clip's start.
    at::Tensor forward(const at::Tensor& x, at::Tensor& past, const std::stop_token& stop) const;

    double work() const;

private:
    std::vector<Convolution> convolutions_;
};

/// Immutable; the streams that it hands out share its weights and keep it alive.
class TinyDecoder : public std::enable_shared_from_this<TinyDecoder> {
public:
    /// `source`: a safetensors file, or a directory with one. Throws Error{user}; Stopped.
    static std::shared_ptr<const TinyDecoder>
    load(const std::filesystem::path& source, const LatentKind& latents, const WeightOptions& options);

    const TinyDecoderConfig& config() const { return config_; }

    /// One clip. Latents are normalised, as the denoiser sees them; the first gives one frame, each later one
    /// frame_stride. As of LatentDecoder.
    std::unique_ptr<LatentDecoder> decoder() const;

private:
    friend class TinyDecodeStream;

    struct Step {
        std::vector<MemoryBlock> blocks;
        Convolution grow; ///< 1x1: channels of grown frames
        Convolution out;
    };

    TinyDecoder(TinyDecoderConfig config, const Weights& weights);

    TinyDecoderConfig config_;
    at::TensorOptions options_;
    Convolution in_;
    std::vector<Step> steps_;
    Convolution out_;
};

} // namespace rushes
