#include "models/pipeline.h"

#include "base/error.h"
#include "models/family.h"
#include "models/model_index.h"

#include <ATen/ATen.h>

namespace rushes::colour {
namespace {

class Painting final : public Denoising {
public:
    Painting(const Pass& pass, double brightness) : pass_(pass), brightness_(brightness) {}

    int blocks() const override { return 1; }

    int steps() const override { return pass_.steps; }

    int latent_frames(int /*block*/) const override { return pass_.frames; }

    void begin_block(int /*block*/) override {
        latents_ = at::zeros({1, 3, pass_.frames, pass_.height / 8, pass_.width / 8});
    }

    void step(int /*block*/, int step, std::stop_token stop, const ShareDone& /*done*/) override {
        throw_if_stopped(stop);
        latents_ = at::full_like(latents_, brightness_ * (step + 1) / pass_.steps);
    }

    at::Tensor x0_estimate() const override { return latents_; }

    at::Tensor finish_block(int /*block*/, std::stop_token /*stop*/) override { return latents_; }

    void take_block(const at::Tensor& latents) override { latents_ = latents; }

private:
    const Pass pass_;
    const double brightness_;
    at::Tensor latents_;
};

at::Tensor pictures(const at::Tensor& latents, std::int64_t scale) {
    return latents[0]
        .permute({1, 2, 3, 0})
        .repeat_interleave(scale, 1)
        .repeat_interleave(scale, 2)
        .mul(255)
        .round()
        .to(at::kByte)
        .contiguous();
}

class Decoder final : public LatentDecoder {
    at::Tensor decode_next(const at::Tensor& latent, std::stop_token, const ShareDone&) override {
        return pictures(latent, 8);
    }
};

class ColourPipeline final : public Pipeline {
public:
    explicit ColourPipeline(const ModelInfo& info)
        : info_(info),
          grey_(double(component_config(info.directory, "painter").integer("grey", {0, 255})) / 255) {}

    const ModelInfo& info() const override { return info_; }

    Conditioning condition(const Brief& brief, std::stop_token, const ShareDone&) override {
        return brief.prompt == "darker" ? grey_ / 2 : grey_;
    }

    std::unique_ptr<Denoising>
    denoise(const Pass& pass, const Conditioning& conditioning, const at::Tensor&, std::stop_token, const ShareDone&)
        override {
        require_on_lattice(pass, info_.lattice);
        return std::make_unique<Painting>(pass, std::any_cast<double>(conditioning));
    }

    std::unique_ptr<LatentDecoder> decoder(const Pass&) override { return std::make_unique<Decoder>(); }

    at::Tensor preview(const at::Tensor& latents) const override { return pictures(latents, 1); }

private:
    const ModelInfo info_;
    const double grey_;
};

} // namespace

std::unique_ptr<Pipeline>
load(const ModelInfo& info, const LoadOptions& /*options*/, const std::stop_token& /*stop*/) {
    return std::make_unique<ColourPipeline>(info);
}

NewEncoder load_encoder(const ModelInfo&, const LoadOptions&, const std::stop_token&) {
    return {};
}

} // namespace rushes::colour
