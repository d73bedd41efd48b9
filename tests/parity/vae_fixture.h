// The small VAEs of tests/parity/fixtures/vae (make_vae_fixtures.py) and a whole clip through one.
#pragma once

#include "models/wan/vae.h"
#include "nn/weights/safetensors.h"
#include "support/parity.h"

#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace rushes::wan {

struct VaeFixture {
    std::filesystem::path directory;
    SafetensorsFile trace;

    explicit VaeFixture(const std::string& name)
        : directory(test::fixture_path("vae/" + name)), trace(directory / "trace.safetensors") {}

    std::shared_ptr<const Vae> load(at::ScalarType dtype = at::kFloat, at::Device device = at::kCPU) const {
        return Vae::load(directory, {.device = device, .dtype = dtype}, VaeParts::both);
    }

    at::Tensor operator[](const std::string& name) const { return trace.tensor(name); }

    double number(const std::string& name) const { return std::stod(trace.header().metadata.at(name)); }
};

/// The clip decoded latent by latent, before it is cut to bytes: [T, H, W, 3].
inline at::Tensor decode(const Vae& vae, const at::Tensor& latents, const Trace* trace = nullptr) {
    ClipMemory memory;
    std::vector<at::Tensor> pieces;
    for (std::int64_t i = 0; i < latents.size(2); ++i) {
        const at::Tensor latent = latents.select(2, i).permute({0, 2, 3, 1});
        pieces.push_back(vae.decoder_network().forward(vae.denormalised(latent), {memory, i == 0, {}, trace})
        );
    }
    return at::cat(pieces);
}

/// The mode of the clip's latents, not normalised: [1, z, t, h, w]. video: bytes [T, H, W, 3].
inline at::Tensor encode(const Vae& vae, const at::Tensor& video, const Trace* trace = nullptr) {
    const at::Tensor wide = video.to(vae.options().dtype() == at::kDouble ? at::kDouble : at::kFloat);
    const at::Tensor pixels = wide.div(127.5).sub(1).to(vae.options());
    ClipMemory memory;
    std::vector<at::Tensor> pieces;
    for (std::int64_t begin = 0; begin < pixels.size(0);) {
        const std::int64_t count = begin == 0 ? 1 : 4;
        const at::Tensor frames = pixels.narrow(0, begin, count);
        pieces.push_back(vae.encoder_network().forward(frames, {memory, begin == 0, {}, trace}));
        begin += count;
    }
    return at::cat(pieces).permute({3, 0, 1, 2}).unsqueeze(0);
}

inline double rms(const at::Tensor& x) {
    return x.to(at::kDouble).square().mean().sqrt().item<double>();
}

inline at::Tensor decoded_reference(const VaeFixture& fixture, std::int64_t pieces, std::int64_t patch) {
    std::vector<at::Tensor> clips;
    for (std::int64_t i = 0; i < pieces; ++i) {
        clips.push_back(unpatchify(fixture["decode." + std::to_string(i) + ".conv_out"], patch));
    }
    return at::cat(clips);
}

} // namespace rushes::wan
