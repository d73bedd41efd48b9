// One small interface that every family implements with its own classes. It knows nothing of threads, files,
// jobs or the screen; the engine (core/generation) decides when, how much and in which order.
//
// Shapes: latents are [1, C, T, h, w], normalised as the denoiser sees them; fp32. Decoded pictures are uint8
// [N, H, W, 3], contiguous, RGB.
#pragma once

#include "models/model_info.h"
#include "models/pass.h"
#include "nn/work_unit.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include <ATen/core/Tensor.h>

namespace rushes {

/// Embeddings of one prompt pair as the denoiser takes them: [1, tokens, text_dim]. `negative` is undefined
/// when guidance_scale <= 1.
struct TextEmbeddings {
    at::Tensor prompt;
    at::Tensor negative;
};

/// Denoises one pass. Blocks are the model's unit of time: the whole clip for full-sequence models, one or a
/// few latent frames for causal ones. Order of calls, for each block b: begin_block(b), step(b, 0..steps-1),
/// finish_block(b).
class Denoising {
public:
    virtual ~Denoising() = default;
    virtual int blocks() const = 0;
    virtual int steps() const = 0;
    virtual int latent_frames(int block) const = 0;

    /// Draws the block's noise.
    virtual void begin_block(int block) = 0;

    /// One denoising step; throws Stopped between layers when asked to, and tells of each.
    virtual void step(int block, int step, std::stop_token stop, const ShareDone& done = {}) = 0;

    /// The model's estimate of the clean latents after the last step() call: [1, C, T_block, h, w]. Costs
    /// nothing: the step computed it.
    virtual at::Tensor x0_estimate() const = 0;

    /// The block's clean latents; writes its keys and values into the cache where there is one.
    virtual at::Tensor finish_block(int block, std::stop_token stop) = 0;
};

/// Decodes latents in time order, one latent frame a call, with memory that does not grow with the clip.
class VideoDecoder {
public:
    virtual ~VideoDecoder() = default;

    /// latent: [1, C, 1, h, w] -> uint8 [N, H, W, 3] (N = 1 for the first latent, frame_stride after).
    virtual at::Tensor
    decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done = {}) = 0;
};

class Pipeline {
public:
    virtual ~Pipeline() = default;
    virtual const ModelInfo& info() const = 0;
    virtual TextEmbeddings
    encode(const std::string& prompt, const std::string& negative, bool guided, std::stop_token stop) = 0;

    virtual std::unique_ptr<Denoising>
    denoise(const Pass& pass, const TextEmbeddings& text, std::stop_token stop = {}) = 0;
    virtual std::unique_ptr<VideoDecoder> decoder() = 0;

    /// Latents [1, C, T, h, w] -> uint8 [T, h, w, 3] by the fitted linear map. Thread safe.
    virtual at::Tensor preview(const at::Tensor& latents) const = 0;
};

struct LoadOptions {
    std::string device = "cpu"; ///< resolved: cpu or cuda:N
    std::string dtype = "fp32"; ///< fp32 | bf16, of the denoiser
    std::function<void(double fraction)> progress;
};

/// Loads by info.family through the registry. Throws Error with one sentence for every wrong directory;
/// Stopped.
std::unique_ptr<Pipeline>
load_pipeline(const ModelInfo& info, const LoadOptions& options, std::stop_token stop);

} // namespace rushes
