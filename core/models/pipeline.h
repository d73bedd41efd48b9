// One small interface that every family implements with its own classes. It knows nothing of threads, files,
// jobs or the screen; the engine (core/generation) decides when, how much and in which order.
//
// Shapes: latents are [1, C, T, h, w], normalised as the denoiser sees them; fp32. Decoded pictures are uint8
// [N, H, W, 3], contiguous, RGB.
#pragma once

#include "base/error.h"
#include "models/load_options.h"
#include "models/model_info.h"
#include "models/pass.h"
#include "models/run_inputs.h"
#include "nn/work_unit.h"

#include <any>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

/// What a run is to show, as people gave it.
struct Brief {
    std::string prompt;
    std::string negative;
    bool guided = false; ///< whether a pass reads the negative prompt at all
    RunInputs inputs = {};
};

/// A brief as a family's denoiser takes it: a value of the family's own, which the engine keeps and hands
/// back. The family reads it by std::any_cast.
using Conditioning = std::any;

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

    /// Between two blocks, or two steps of a clip that is one block: what follows shows what this
    /// conditioning says, and what is there already stays. Throws Stopped.
    virtual void change_conditioning(const Conditioning& /*conditioning*/, std::stop_token /*stop*/) {
        throw Error(ErrorKind::bug, "A clip was to change its prompt on the way, and its model can't.");
    }

    /// Between two steps of a clip that is one block; never from or to 1 and below: whether a pass is guided
    /// at all stays.
    virtual void change_guidance(double /*scale*/) {
        throw Error(ErrorKind::bug, "A clip was to change its guidance on the way, and its model can't.");
    }

    /// One denoising step; throws Stopped between layers when asked to, and tells of each.
    virtual void step(int block, int step, std::stop_token stop, const ShareDone& done = {}) = 0;

    /// The model's estimate of the clean latents after the last step() call: [1, C, T_block, h, w]. Costs
    /// nothing: the step computed it.
    virtual at::Tensor x0_estimate() const = 0;

    /// The block's clean latents; writes its keys and values into the cache where there is one.
    virtual at::Tensor finish_block(int block, std::stop_token stop) = 0;

    /// Tensors by name: fp32, bf16 or bytes, on any device.
    using State = std::map<std::string, at::Tensor>;

    /// All that the steps of the block at hand that are left depend on. Empty: it is gone on from whole
    /// blocks only.
    virtual State state() const { return {}; }

    /// After begin_block(), in place of its first `steps` steps: their state(). The rest gives the very same
    /// numbers then. Throws Error{user} for a state that is not of this run; all steps can be made then.
    virtual void go_on(int /*steps*/, const State& /*state*/) {
        throw Error(ErrorKind::bug, "A run was to go on within a block.");
    }

    /// After begin_block(), in place of all steps: what finish_block() gave for the block. Throws Error{user}
    /// for latents of another shape; all steps can be made then.
    virtual void take_block(const at::Tensor& latents) = 0;
};

/// Decodes the latents of one pass in time order, one latent frame a call, with memory that does not grow
/// with the clip. Which call gives a frame is the decoder's affair: all calls together, finish() the last of
/// them, give the frames of the pass.
class LatentDecoder {
public:
    virtual ~LatentDecoder() = default;

    /// All latents of the block that decode_next() is about to be given, one after the other, [1, C, T, h,
    /// w]: for a decoder of a clip in one piece that looks ahead.
    virtual void expect(const at::Tensor& /*latents*/) {}

    /// latent: [1, C, 1, h, w] -> uint8 [N, H, W, 3]; N may be 0.
    virtual at::Tensor
    decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done = {}) = 0;

    /// The frames that waited for later latents; undefined: none did.
    virtual at::Tensor finish(std::stop_token /*stop*/, const ShareDone& /*done*/ = {}) { return {}; }
};

class Pipeline {
public:
    virtual ~Pipeline() = default;
    virtual const ModelInfo& info() const = 0;

    /// Once for all passes of a run, and of later runs with the same brief.
    virtual Conditioning condition(const Brief& brief, std::stop_token stop, const ShareDone& done = {}) = 0;

    /// `previous`: the clean latents of the pass before, where the pass starts from them; else undefined.
    /// Tells `done` while it encodes pictures.
    virtual std::unique_ptr<Denoising> denoise(
        const Pass& pass,
        const Conditioning& conditioning,
        const at::Tensor& previous = {},
        std::stop_token stop = {},
        const ShareDone& done = {}
    ) = 0;

    /// By Pass::decode, or what comes nearest to it.
    virtual std::unique_ptr<LatentDecoder> decoder(const Pass& pass) = 0;

    /// Latents [1, C, T, h, w] -> uint8 [T, h, w, 3] by the fitted linear map. Thread safe.
    virtual at::Tensor preview(const at::Tensor& latents) const = 0;

    /// Other LoRAs than it was loaded with, without loading the model again. False: it has to be.
    virtual bool change_loras(const std::vector<LoraFile>& /*loras*/, std::stop_token /*stop*/) {
        return false;
    }

    /// A clip is made: what was let go for its sake comes back, so that the next prompt need not wait for it.
    /// Throws as loading does.
    virtual void get_ready() {}
};

/// Loads by info.family through the registry. Throws Error with one sentence for every wrong directory;
/// Stopped.
std::unique_ptr<Pipeline>
load_pipeline(const ModelInfo& info, const LoadOptions& options, std::stop_token stop);

} // namespace rushes
