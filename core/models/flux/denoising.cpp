#include "models/flux/denoising.h"

#include <any>
#include <utility>

#include <ATen/ATen.h>

namespace rushes::flux {

namespace {

StepRequest steps_of(const Pass& pass, const LatentShape& shape) {
    return {
        .steps = pass.steps,
        .sigmas = even_sigmas(pass.steps),
        .tokens = shape.height / patch * (shape.width / patch)
    };
}

} // namespace

at::Tensor packed(const at::Tensor& latents) {
    return latents.squeeze(2)
        .unflatten(3, {-1, patch})
        .unflatten(2, {-1, patch}) // [1, c, rows, patch, columns, patch]
        .permute({0, 2, 4, 1, 3, 5})
        .flatten(3)
        .flatten(1, 2);
}

at::Tensor unpacked(const at::Tensor& tokens, std::int64_t h, std::int64_t w) {
    return tokens.view({1, h / patch, w / patch, -1, patch, patch})
        .permute({0, 3, 1, 4, 2, 5})
        .flatten(4)
        .flatten(2, 3)
        .unsqueeze(2);
}

FluxDenoising::FluxDenoising(
    const PipelineConfig& config,
    const Transformer& transformer,
    const Pass& pass,
    const LatentShape& shape,
    const TextEmbeddings& text,
    const std::stop_token& stop
)
    : FullSequence(
          shape,
          pass,
          scheduler_by_name(config.scheduler, pass.scheduler),
          steps_of(pass, shape),
          transformer.options().device()
      ),
      transformer_(transformer),
      shape_(shape) {
    read_text(text, stop);
}

void FluxDenoising::read_text(const TextEmbeddings& text, const std::stop_token& stop) {
    const at::TensorOptions& options = transformer_.options();
    states_ = transformer_.text_states(text.prompt, stop);
    pooled_ = text.pooled_prompt;
    positions_ = rotary_table(
        transformer_.config(),
        states_.size(1),
        shape_.height / patch,
        shape_.width / patch,
        options.dtype(compute_type(options.dtype().toScalarType()))
    );
}

void FluxDenoising::change_conditioning(const Conditioning& conditioning, std::stop_token stop) {
    read_text(std::any_cast<const TextEmbeddings&>(conditioning), stop);
}

at::Tensor FluxDenoising::predict(
    const at::Tensor& latents,
    const Timestep& timestep,
    Sides /*sides*/,
    const std::stop_token& stop,
    const ShareDone& done
) const {
    const at::Tensor time = transformer_.time_embedding(timestep.on_device, pooled_);
    const at::Tensor velocity =
        transformer_.forward({packed(latents), states_, time}, positions_, stop, done);
    return unpacked(velocity, shape_.height, shape_.width);
}

} // namespace rushes::flux
