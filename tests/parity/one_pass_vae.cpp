#include "parity/one_pass_vae.h"

#include "nn/weights/safetensors.h"

#include <cmath>

#include <ATen/ATen.h>

namespace rushes::parity {
namespace {

using at::indexing::Slice;

at::Tensor frames(const at::Tensor& x, std::int64_t begin) {
    return x.slice(2, begin);
}

/// AvgDown3D one output pixel group at a time: neighbour (t, y, x) of channel c is number c * factor + (t, y,
/// x).
at::Tensor average_down(const at::Tensor& input, std::int64_t out, std::int64_t ft, std::int64_t fs) {
    const bool odd = input.size(2) % ft != 0;
    const at::Tensor x = odd ? at::cat({at::zeros_like(input.slice(2, 0, ft - 1)), input}, 2) : input;
    std::vector<at::Tensor> laid;
    for (std::int64_t c = 0; c < x.size(1); ++c) {
        for (std::int64_t n = 0; n < ft * fs * fs; ++n) {
            const at::Tensor t = x.select(1, c).slice(1, n / (fs * fs), std::nullopt, ft);
            laid.push_back(t.slice(2, n / fs % fs, std::nullopt, fs).slice(3, n % fs, std::nullopt, fs));
        }
    }
    const auto group = static_cast<std::int64_t>(laid.size()) / out;
    std::vector<at::Tensor> channels;
    for (std::int64_t o = 0; o < out; ++o) {
        at::Tensor sum = at::zeros_like(laid[0]);
        for (std::int64_t i = 0; i < group; ++i) {
            sum += laid[static_cast<std::size_t>(o * group + i)];
        }
        channels.push_back(sum / group);
    }
    return at::stack(channels, 1);
}

/// DupUp3D: output channel o at neighbour n takes input channel (o * factor + n) / repeats.
at::Tensor duplicate_up(const at::Tensor& x, std::int64_t out, std::int64_t ft) {
    const std::int64_t factor = ft * 4;
    const std::int64_t repeats = out * factor / x.size(1);
    at::Tensor y = at::empty({1, out, x.size(2) * ft, x.size(3) * 2, x.size(4) * 2}, x.options());
    for (std::int64_t o = 0; o < out; ++o) {
        for (std::int64_t n = 0; n < factor; ++n) {
            at::Tensor target = y.select(1, o).slice(1, n / 4, std::nullopt, ft);
            target.slice(2, n / 2 % 2, std::nullopt, 2)
                .slice(3, n % 2, std::nullopt, 2)
                .copy_(x.select(1, (o * factor + n) / repeats));
        }
    }
    return frames(y, ft - 1);
}

} // namespace

OnePassVae::OnePassVae(const std::filesystem::path& directory, const wan::VaeConfig& config)
    : config_(config) {
    const SafetensorsFile file(directory / "diffusion_pytorch_model.safetensors");
    for (const TensorEntry& entry : file.header().tensors) {
        weights_[entry.name] = file.tensor(entry.name).to(at::kDouble);
    }
}

at::Tensor OnePassVae::conv(const at::Tensor& x, const std::string& key) const {
    const at::Tensor& kernel = weight(key + ".weight");
    const std::int64_t side = kernel.size(3) / 2;
    const at::Tensor padded = at::constant_pad_nd(x, {side, side, side, side, kernel.size(2) - 1, 0});
    return at::conv3d(padded, kernel, weight(key + ".bias"));
}

at::Tensor
OnePassVae::conv_each_frame(const at::Tensor& x, const std::string& key, std::int64_t stride) const {
    const at::Tensor padded =
        stride == 1 ? at::constant_pad_nd(x, {1, 1, 1, 1}) : at::constant_pad_nd(x, {0, 1, 0, 1});
    const at::Tensor kernel = weight(key + ".weight").unsqueeze(2);
    return at::conv3d(padded, kernel, weight(key + ".bias"), at::IntArrayRef({1, stride, stride}));
}

at::Tensor OnePassVae::norm(const at::Tensor& x, const std::string& key) const {
    const at::Tensor length = x.square().sum(1, true).sqrt().clamp_min(1e-12);
    return x / length * std::sqrt(static_cast<double>(x.size(1))) *
           weight(key + ".gamma").view({-1, 1, 1, 1});
}

at::Tensor OnePassVae::resnet(const at::Tensor& x, const std::string& key) const {
    const bool same = !weights_.contains(key + ".conv_shortcut.weight");
    const at::Tensor h = conv(at::silu(norm(x, key + ".norm1")), key + ".conv1");
    return conv(at::silu(norm(h, key + ".norm2")), key + ".conv2") +
           (same ? x : conv(x, key + ".conv_shortcut"));
}

at::Tensor OnePassVae::attention(const at::Tensor& x, const std::string& key) const {
    const std::int64_t channels = x.size(1);
    const auto map = [&](const at::Tensor& input, const std::string& name) {
        return at::conv3d(input, weight(key + name + ".weight").unsqueeze(2), weight(key + name + ".bias"));
    };
    // [T, pixels, channels]
    const at::Tensor qkv = map(norm(x, key + ".norm"), ".to_qkv")[0].permute({1, 2, 3, 0}).flatten(1, 2);
    const at::Tensor scores =
        at::bmm(qkv.slice(2, 0, channels), qkv.slice(2, channels, 2 * channels).transpose(1, 2));
    const at::Tensor weights = at::softmax(scores / std::sqrt(static_cast<double>(channels)), -1);
    const at::Tensor y = at::bmm(weights, qkv.slice(2, 2 * channels)).permute({2, 0, 1}).reshape(x.sizes());
    return x + map(y, ".proj");
}

at::Tensor OnePassVae::mid_block(const at::Tensor& x, const std::string& key) const {
    return resnet(attention(resnet(x, key + ".resnets.0"), key + ".attentions.0"), key + ".resnets.1");
}

at::Tensor OnePassVae::upsample(const at::Tensor& x, const std::string& key, bool time) const {
    at::Tensor y = x;
    if (time && x.size(2) > 1) {
        const at::Tensor halves = conv(frames(x, 1), key + ".time_conv");
        const at::Tensor pairs = at::stack({halves.slice(1, 0, x.size(1)), halves.slice(1, x.size(1))}, 3);
        y = at::cat({x.slice(2, 0, 1), pairs.flatten(2, 3)}, 2);
    }
    return conv_each_frame(y.repeat_interleave(2, 3).repeat_interleave(2, 4), key + ".resample.1", 1);
}

at::Tensor OnePassVae::downsample(const at::Tensor& x, const std::string& key, bool time) const {
    const at::Tensor y = conv_each_frame(x, key + ".resample.1", 2);
    if (!time || y.size(2) == 1) {
        return y;
    }
    const at::Tensor rest = at::conv3d(
        y, weight(key + ".time_conv.weight"), weight(key + ".time_conv.bias"), at::IntArrayRef({2, 1, 1})
    );
    return at::cat({y.slice(2, 0, 1), rest}, 2);
}

at::Tensor OnePassVae::decode(const at::Tensor& z) const {
    at::Tensor x = mid_block(conv(conv(z, "post_quant_conv"), "decoder.conv_in"), "decoder.mid_block");
    for (std::size_t level = 0; level < config_.levels(); ++level) {
        const std::string key = "decoder.up_blocks." + std::to_string(level);
        const at::Tensor before = x;
        for (std::int64_t i = 0; i <= config_.num_res_blocks; ++i) {
            x = resnet(x, key + ".resnets." + std::to_string(i));
        }
        if (level + 1 == config_.levels()) {
            break;
        }
        const bool time = config_.temporal_downsample[config_.levels() - 2 - level];
        if (config_.is_residual) {
            x = upsample(x, key + ".upsampler", time);
            x = x + duplicate_up(before, x.size(1), time ? 2 : 1);
        } else {
            x = upsample(x, key + ".upsamplers.0", time);
        }
    }
    x = conv(at::silu(norm(x, "decoder.norm_out")), "decoder.conv_out");
    // Channel (c, column, row) of a patch.
    const std::int64_t p = config_.patch_size;
    at::Tensor pixels = at::empty({x.size(2), x.size(3) * p, x.size(4) * p, 3}, x.options());
    for (std::int64_t i = 0; i < 3 * p * p; ++i) {
        pixels.slice(1, i % p, std::nullopt, p)
            .slice(2, i / p % p, std::nullopt, p)
            .select(3, i / (p * p))
            .copy_(x[0][i]);
    }
    return pixels;
}

at::Tensor OnePassVae::encode(const at::Tensor& video) const {
    const std::int64_t p = config_.patch_size;
    const at::Tensor pixels = video.to(at::kDouble).div(127.5).sub(1);
    std::vector<at::Tensor> channels;
    for (std::int64_t i = 0; i < 3 * p * p; ++i) {
        const at::Tensor rows = pixels.slice(1, i % p, std::nullopt, p);
        channels.push_back(rows.slice(2, i / p % p, std::nullopt, p).select(3, i / (p * p)));
    }
    at::Tensor x = conv(at::stack(channels).unsqueeze(0), "encoder.conv_in");
    std::int64_t flat = 0;
    for (std::size_t level = 0; level < config_.levels(); ++level) {
        const std::string blocks = "encoder.down_blocks.";
        const std::string own = blocks + std::to_string(level);
        const at::Tensor before = x;
        for (std::int64_t i = 0; i < config_.num_res_blocks; ++i) {
            x = resnet(
                x,
                config_.is_residual ? own + ".resnets." + std::to_string(i) : blocks + std::to_string(flat++)
            );
        }
        const bool halves = level + 1 < config_.levels();
        const bool time = halves && config_.temporal_downsample[level];
        if (halves) {
            x = downsample(
                x, config_.is_residual ? own + ".downsampler" : blocks + std::to_string(flat++), time
            );
        }
        if (config_.is_residual) {
            x = x + average_down(before, x.size(1), time ? 2 : 1, halves ? 2 : 1);
        }
    }
    x = mid_block(x, "encoder.mid_block");
    x = conv(at::silu(norm(x, "encoder.norm_out")), "encoder.conv_out");
    return conv(x, "quant_conv").slice(1, 0, config_.z_dim);
}

} // namespace rushes::parity
