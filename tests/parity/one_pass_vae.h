// A second, independent form of AutoencoderKLWan: the whole clip at once, with at::conv3d and no memory. Slow
// and plain, to compare the streaming one with. Video tensors are [1, C, T, H, W].
#pragma once

#include "models/wan/vae_config.h"

#include <filesystem>
#include <map>
#include <string>

#include <ATen/core/Tensor.h>

namespace rushes::parity {

class OnePassVae {
public:
    OnePassVae(const std::filesystem::path& directory, const wan::VaeConfig& config);

    at::Tensor decode(const at::Tensor& z) const;     ///< -> [T, H, W, 3], not clamped
    at::Tensor encode(const at::Tensor& video) const; ///< bytes [T, H, W, 3] -> mode [1, z, t, h, w]

private:
    const at::Tensor& weight(const std::string& key) const { return weights_.at(key); }

    at::Tensor conv(const at::Tensor& x, const std::string& key) const;
    at::Tensor conv_each_frame(const at::Tensor& x, const std::string& key, std::int64_t stride) const;
    at::Tensor norm(const at::Tensor& x, const std::string& key) const;
    at::Tensor resnet(const at::Tensor& x, const std::string& key) const;
    at::Tensor attention(const at::Tensor& x, const std::string& key) const;
    at::Tensor mid_block(const at::Tensor& x, const std::string& key) const;
    at::Tensor upsample(const at::Tensor& x, const std::string& key, bool time) const;
    at::Tensor downsample(const at::Tensor& x, const std::string& key, bool time) const;

    wan::VaeConfig config_;
    std::map<std::string, at::Tensor> weights_;
};

} // namespace rushes::parity
