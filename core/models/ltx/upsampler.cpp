#include "models/ltx/upsampler.h"

#include "base/error.h"

#include <utility>

#include <ATen/ATen.h>

namespace rushes::ltx {

namespace {

constexpr std::int64_t groups = 32;
constexpr double eps = 1e-5; // torch.nn.GroupNorm's own

/// Padded with zeros all round; in time that is done where it runs.
Convolution convolution(const Weights& weights, std::int64_t in, std::int64_t out, std::int64_t kernel_t) {
    const ConvShape shape{.in = in, .out = out, .kernel_t = kernel_t, .kernel = 3, .padding = 1};
    const std::vector<std::int64_t> sizes = kernel_t == 1 ? std::vector<std::int64_t>{out, in, 3, 3}
                                                          : std::vector<std::int64_t>{out, in, 3, 3, 3};
    return {shape, weights.tensor("weight", sizes), weights.tensor("bias", {out})};
}

at::Tensor with_edges(const Convolution& cube, const at::Tensor& x, const std::stop_token& stop) {
    return cube.forward(at::constant_pad_nd(x, {0, 0, 0, 0, 0, 0, 1, 1}).contiguous(), stop);
}

/// The whole clip shares its statistics.
GroupNorm::Options of_clip(const at::Tensor& x, bool silu) {
    GroupNorm::Options options;
    options.frames = x.size(0);
    options.silu = silu;
    return options;
}

/// [T, h, w, 4 C] -> [T, 2 h, 2 w, C]: PixelShuffleND(2), whose channels are C times the two rows times the
/// two columns.
at::Tensor spread(const at::Tensor& x) {
    const std::int64_t frames = x.size(0);
    const std::int64_t height = x.size(1);
    const std::int64_t width = x.size(2);
    const std::int64_t channels = x.size(3) / 4;
    return x.view({frames, height, width, channels, 2, 2})
        .permute({0, 1, 4, 2, 5, 3})
        .reshape({frames, 2 * height, 2 * width, channels});
}

} // namespace

std::shared_ptr<const Upsampler> Upsampler::load(
    const UpsamplerConfig& config, const std::filesystem::path& source, const WeightOptions& options
) {
    const WeightStore store(source, options);
    auto upsampler = std::make_shared<const Upsampler>(config, store.root());
    store.expect_all_used();
    return upsampler;
}

Upsampler::Upsampler(const UpsamplerConfig& config, const Weights& weights)
    : options_(at::TensorOptions().device(weights.device()).dtype(weights.dtype())),
      first_(convolution(weights["initial_conv"], config.channels, config.width, 3)),
      first_norm_(weights["initial_norm"], config.width, groups, eps),
      before_(blocks(weights["res_blocks"], config)),
      wider_(convolution(weights["upsampler"]["0"], config.width, 4 * config.width, 1)),
      after_(blocks(weights["post_upsample_res_blocks"], config)),
      last_(convolution(weights["final_conv"], config.width, config.channels, 3)) {}

std::vector<Upsampler::Block> Upsampler::blocks(const Weights& weights, const UpsamplerConfig& config) {
    std::vector<Block> blocks;
    for (std::int64_t i = 0; i < config.blocks; ++i) {
        const Weights block = weights[i];
        blocks.push_back(
            {convolution(block["conv1"], config.width, config.width, 3),
             GroupNorm(block["norm1"], config.width, groups, eps),
             convolution(block["conv2"], config.width, config.width, 3),
             GroupNorm(block["norm2"], config.width, groups, eps)}
        );
    }
    return blocks;
}

at::Tensor Upsampler::through(const Block& block, const at::Tensor& x, const std::stop_token& stop) {
    at::Tensor y = block.norm1.forward(with_edges(block.conv1, x, stop), of_clip(x, true), stop);
    y = block.norm2.forward(with_edges(block.conv2, y, stop), of_clip(x, false), stop);
    throw_if_stopped(stop);
    return at::silu_(y.add_(x));
}

at::Tensor
Upsampler::forward(const at::Tensor& features, const std::stop_token& stop, const ShareDone& done) const {
    constexpr double growth = 4; // places behind
    const double work = static_cast<double>(before_.size()) + growth * static_cast<double>(after_.size());
    double made = 0;
    const auto tell = [&](double more) {
        made += more;
        if (done) {
            done(made / work);
        }
    };
    at::Tensor x = features.to(options_).contiguous();
    x = first_norm_.forward(with_edges(first_, x, stop), of_clip(x, true), stop);
    for (const Block& block : before_) {
        x = through(block, x, stop);
        tell(1);
    }
    x = spread(wider_.forward(x, stop));
    for (const Block& block : after_) {
        x = through(block, x, stop);
        tell(growth);
    }
    return with_edges(last_, x, stop);
}

at::Tensor with_statistics_of(const at::Tensor& like, const at::Tensor& x) {
    const std::vector<std::int64_t> places{0, 1, 2};
    const auto [wanted_std, wanted_mean] = at::std_mean(like, places, /*correction=*/1, /*keepdim=*/true);
    const auto [std, mean] = at::std_mean(x, places, /*correction=*/1, /*keepdim=*/true);
    return (x - mean) / std * wanted_std + wanted_mean;
}

at::Tensor tone_mapped(const at::Tensor& x, double compression) {
    const double scale = 0.75 * compression;
    return x * (1 - at::sigmoid((x.abs() - 1) * (4 * scale)) * (0.8 * scale));
}

} // namespace rushes::ltx
