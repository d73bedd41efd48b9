// The cheapest picture of latents: a linear map from the channels of a latent pixel to its colour.
#pragma once

#include "models/pipeline.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

#include <ATen/core/Tensor.h>

namespace rushes {

// Note [fitting while decoding]
// A model made for this program brings its map (latent_rgb.safetensors). For any other one, every decoded
// latent frame is a pair of latents and their true colours, so the map is fitted by least squares over the
// first frames that the first run decodes, and kept in the cache folder. Until then previews are grey: the
// latents' first principal direction, which mostly follows brightness, scaled to the picture.
class LatentRgb {
public:
    /// weight [3, channels], bias [3]: colours in 0..1.
    LatentRgb(const at::Tensor& weight, const at::Tensor& bias);

    /// A map to be fitted, or read from `cache_file` where an earlier run left one; empty: not kept.
    LatentRgb(std::int64_t channels, std::filesystem::path cache_file);

    /// Latents [1, C, T, h, w] -> uint8 [T, h, w, 3] on the CPU. Thread safe.
    at::Tensor pictures(const at::Tensor& latents) const;

    bool wants_pairs() const;

    double share_seen() const; ///< 0..1 of the pairs that it wants

    std::int64_t channels() const { return normal_.size(0) - 1; } ///< of a map to be fitted

    /// One latent frame [1, C, 1, h, w] and what it was decoded to, uint8 [N, H, W, 3]. One thread at a time.
    void observe(const at::Tensor& latent, const at::Tensor& decoded);

private:
    struct Map {
        at::Tensor weight;
        at::Tensor bias;
    };

    void publish(Map map);
    Map map_on(at::Device device) const;
    void solve();
    void read_cache(std::int64_t channels);
    void write_cache() const;

    mutable std::mutex mutex_;
    mutable Map map_; ///< where it was used last; undefined until there is a fit
    std::filesystem::path cache_file_;
    at::Tensor normal_; ///< [C + 1, C + 1], sums over pixels, fp64
    at::Tensor right_;  ///< [C + 1, 3]
    int frames_ = 0;    ///< observed
    bool complete_ = false;
};

/// Where the map of a model that brings none is kept; empty: it brings one.
std::filesystem::path latent_rgb_cache(const ModelInfo& info);

/// The map in the model's directory (latent_rgb.safetensors), or one to be fitted. Throws Error{user} for one
/// of another count of channels.
std::unique_ptr<LatentRgb> load_latent_rgb(const ModelInfo& info, std::int64_t channels);

/// The decoder itself or, while the map wants pairs, one that shows it what each latent frame became: for
/// decoders whose call gives the frames of the latent that it was given.
std::unique_ptr<LatentDecoder> fitting_decoder(std::unique_ptr<LatentDecoder> decoder, LatentRgb& latent_rgb);

} // namespace rushes
