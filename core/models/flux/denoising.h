// Latents through FLUX's transformer, step by step (FluxPipeline.__call__ of diffusers 0.42).
#pragma once

#include "models/flux/config.h"
#include "models/flux/transformer.h"
#include "models/full_sequence.h"
#include "models/text_embeddings.h"

namespace rushes::flux {

/// Squares of four latents as tokens, row by row: [1, c, 1, h, w] -> [1, h * w / 4, 4 * c].
at::Tensor packed(const at::Tensor& latents);

/// The latents of h rows and w columns that packed() made `tokens` of.
at::Tensor unpacked(const at::Tensor& tokens, std::int64_t h, std::int64_t w);

class FluxDenoising final : public FullSequence {
public:
    /// `transformer` must live as long as this does.
    FluxDenoising(
        const PipelineConfig& config,
        const Transformer& transformer,
        const Pass& pass,
        const LatentShape& shape,
        const TextEmbeddings& text,
        const std::stop_token& stop
    );

    void change_conditioning(const Conditioning& conditioning, std::stop_token stop) override;

private:
    void read_text(const TextEmbeddings& text, const std::stop_token& stop);

    at::Tensor predict(
        const at::Tensor& latents,
        const Timestep& timestep,
        Sides sides,
        const std::stop_token& stop,
        const ShareDone& done
    ) const override;

    bool side_by_side() const override { return false; }

    const Transformer& transformer_;
    LatentShape shape_;
    at::Tensor states_;
    at::Tensor pooled_;
    RotaryTable positions_;
};

} // namespace rushes::flux
