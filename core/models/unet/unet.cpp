#include "models/unet/unet.h"

#include "base/error.h"
#include "nn/modulation.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

namespace rushes {

namespace {

/// [sin, cos] of 1000 (guidance - 1) at rates from 1 to 1 / 10000, [1, size] (get_guidance_scale_embedding()
/// of diffusers 0.42).
at::Tensor guidance_sinusoid(double guidance, std::int64_t size) {
    const std::int64_t half = size / 2;
    const at::Tensor places = at::arange(half, at::kDouble) / static_cast<double>(half - 1);
    const at::Tensor angles = at::pow(10000.0, -places) * (1000.0 * (guidance - 1));
    const at::Tensor both = at::cat({angles.sin(), angles.cos()}).to(at::kFloat).unsqueeze(0);
    return size % 2 == 0 ? both : at::constant_pad_nd(both, {0, 1});
}

} // namespace

struct UNet::Pass {
    at::Tensor time; ///< silu of the embedding
    const TextContext& text;
    MotionRun motion;
    const std::stop_token& stop;
    const ShareDone& done;
    double layers = 1; ///< of the whole network
    std::size_t next_text = 0;
    int finished = 0;

    /// Those of a transformer's blocks.
    std::span<const TextKeys> next_keys(const SpatialTransformer& transformer) {
        const std::size_t first = std::exchange(next_text, next_text + transformer.blocks.size());
        return std::span(text.keys).subspan(first, transformer.blocks.size());
    }

    void layer_done() {
        ++finished;
        if (done) {
            done(std::min(1.0, finished / layers));
        }
    }
};

UNet::UNet(const Weights& weights, const Weights& motion, const UNetConfig& config)
    : config_(config),
      conv_in_options_(at::TensorOptions().device(weights.device()).dtype(weights.dtype())),
      conv_in_(weights["conv_in"], config.in_channels, config.block_channels.front(), 3),
      time_linear_1_(
          weights["time_embedding"]["linear_1"],
          config.block_channels.front(),
          4 * config.block_channels.front()
      ),
      time_linear_2_(
          weights["time_embedding"]["linear_2"],
          4 * config.block_channels.front(),
          4 * config.block_channels.front()
      ),
      norm_out_(weights["conv_norm_out"], config.block_channels.front(), config.norm_groups, config.norm_eps),
      conv_out_(weights["conv_out"], config.block_channels.front(), config.out_channels, 3) {
    const std::int64_t time = 4 * config.block_channels.front();
    if (config.guidance_dim > 0) {
        guidance_projection_ = Linear(
            weights["time_embedding"]["cond_proj"],
            config.guidance_dim,
            config.block_channels.front(),
            Bias::no
        );
    }
    if (config.added) {
        added_linear_1_ = Linear(weights["add_embedding"]["linear_1"], config.added->width(), time);
        added_linear_2_ = Linear(weights["add_embedding"]["linear_2"], time, time);
    }
    read_down(weights["down_blocks"], motion["down_blocks"]);
    read_mid(weights["mid_block"], motion["mid_block"]);
    read_up(weights["up_blocks"], motion["up_blocks"]);
}

ResnetShape UNet::resnet_shape(std::int64_t in, std::int64_t out) const {
    return {in, out, 4 * config_.block_channels.front(), config_.norm_groups, config_.norm_eps};
}

SpatialTransformer UNet::read_attention(const Weights& weights, std::size_t block) const {
    return {
        weights,
        {config_.block_channels[block],
         config_.text_dim,
         config_.heads[block],
         config_.norm_groups,
         config_.transformer_layers[block],
         config_.linear_projection}
    };
}

std::optional<MotionModule> UNet::read_motion(const Weights& weights, std::size_t block) const {
    if (!config_.motion) {
        return std::nullopt;
    }
    return MotionModule(
        weights,
        {config_.block_channels[block],
         config_.motion->heads[block],
         config_.motion->norm_groups,
         config_.motion->max_frames}
    );
}

UNet::Layer UNet::read_layer(
    const Weights& weights,
    const Weights& motion,
    std::int64_t number,
    std::size_t block,
    std::int64_t in,
    bool attention
) const {
    Layer layer{
        ResnetBlock(weights["resnets"][number], resnet_shape(in, config_.block_channels[block])),
        std::nullopt,
        read_motion(motion["motion_modules"][number], block)
    };
    if (attention) {
        layer.attention = read_attention(weights["attentions"][number], block);
    }
    return layer;
}

void UNet::read_down(const Weights& weights, const Weights& motion) {
    std::int64_t channels = config_.block_channels.front();
    for (std::size_t block = 0; block < config_.blocks(); ++block) {
        const auto number = static_cast<std::int64_t>(block);
        DownBlock& down = down_.emplace_back();
        for (std::int64_t i = 0; i < config_.layers_per_block; ++i) {
            down.layers.push_back(
                read_layer(weights[number], motion[number], i, block, channels, config_.down_attention[block])
            );
            channels = config_.block_channels[block];
        }
        if (block + 1 < config_.blocks()) {
            down.downsampler.emplace(weights[number]["downsamplers"][0]["conv"], channels, channels, 3, 2, 1);
        }
    }
}

void UNet::read_mid(const Weights& weights, const Weights& motion) {
    const std::size_t last = config_.blocks() - 1;
    const ResnetShape shape = resnet_shape(config_.block_channels[last], config_.block_channels[last]);
    mid_first_.emplace(weights["resnets"][0], shape);
    mid_attention_ = read_attention(weights["attentions"][0], last);
    if (config_.motion && config_.motion->mid_block) {
        mid_motion_ = read_motion(motion["motion_modules"][0], last);
    }
    mid_last_.emplace(weights["resnets"][1], shape);
}

/// The last thing that the way down kept is the first that the way up takes; so the widths are those of the
/// way down, backwards.
void UNet::read_up(const Weights& weights, const Weights& motion) {
    std::vector<std::int64_t> kept{config_.block_channels.front()};
    for (std::size_t block = 0; block < config_.blocks(); ++block) {
        const std::int64_t outputs = config_.layers_per_block + (block + 1 < config_.blocks() ? 1 : 0);
        kept.insert(kept.end(), static_cast<std::size_t>(outputs), config_.block_channels[block]);
    }
    std::int64_t channels = config_.block_channels.back();
    for (std::size_t step = 0; step < config_.blocks(); ++step) {
        const std::size_t block = config_.blocks() - 1 - step;
        const auto number = static_cast<std::int64_t>(step);
        UpBlock& up = up_.emplace_back();
        for (std::int64_t i = 0; i < config_.layers_per_block + 1; ++i) {
            up.layers.push_back(read_layer(
                weights[number], motion[number], i, block, channels + kept.back(), config_.up_attention[step]
            ));
            kept.pop_back();
            channels = config_.block_channels[block];
        }
        if (step + 1 < config_.blocks()) {
            up.upsampler.emplace(weights[number]["upsamplers"][0]["conv"], channels);
        }
    }
}

TextContext UNet::text_context(const at::Tensor& text, const std::stop_token& stop) const {
    const at::InferenceMode guard;
    const at::Tensor states = text.to(conv_in_options_);
    TextContext result;
    const auto add = [&](const std::optional<SpatialTransformer>& attention) {
        if (!attention) {
            return;
        }
        for (const TransformerBlock& block : attention->blocks) {
            result.keys.push_back(block.text_keys(states, stop));
        }
    };
    for (const DownBlock& block : down_) {
        for (const Layer& layer : block.layers) {
            add(layer.attention);
        }
    }
    add(mid_attention_);
    for (const UpBlock& block : up_) {
        for (const Layer& layer : block.layers) {
            add(layer.attention);
        }
    }
    return result;
}

at::Tensor UNet::added(const at::Tensor& pooled, const PictureSizes& sizes) const {
    const at::InferenceMode guard;
    const at::Tensor sinusoids =
        timestep_sinusoid(at::tensor(at::ArrayRef<float>(sizes)), config_.added->size_dim).view({1, -1});
    const at::Tensor all = at::cat({pooled.to(conv_in_options_), sinusoids.to(conv_in_options_)}, 1);
    return added_linear_2_->forward(at::silu(added_linear_1_->forward(all)));
}

at::Tensor UNet::time_embedding(double timestep, double guidance) const {
    const at::Tensor time = at::full({1}, timestep, at::kFloat);
    at::Tensor sinusoid = timestep_sinusoid(time, config_.block_channels.front()).to(conv_in_options_);
    if (guidance_projection_) {
        const at::Tensor told = guidance_sinusoid(guidance, config_.guidance_dim).to(conv_in_options_);
        sinusoid = sinusoid + guidance_projection_->forward(told);
    }
    return time_linear_2_.forward(at::silu(time_linear_1_.forward(sinusoid)));
}

at::Tensor UNet::run(const Layer& layer, const at::Tensor& x, Pass& pass) {
    at::Tensor h = layer.resnet.forward(x, pass.time, pass.stop);
    if (layer.attention) {
        h = layer.attention->forward(h, pass.next_keys(*layer.attention), pass.stop);
    }
    if (layer.motion) {
        h = layer.motion->forward(h, pass.motion, pass.stop);
    }
    pass.layer_done();
    return h;
}

at::Tensor UNet::forward(
    const Input& input, const TextContext& text, const std::stop_token& stop, const ShareDone& done
) const {
    const at::InferenceMode guard;
    const at::Tensor& latents = input.latents; // [sides, C, F, h, w]
    const auto per_block = static_cast<double>(config_.layers_per_block);
    const at::Tensor time = time_embedding(input.timestep, input.guidance);
    Pass pass{
        .time = at::silu(config_.added ? time + text.added : time),
        .text = text,
        .motion = {latents.size(2), input.window, input.motion_scale},
        .stop = stop,
        .done = done,
        .layers = static_cast<double>(config_.blocks()) * (2 * per_block + 1) + 1
    };
    at::Tensor h = latents.to(conv_in_options_).permute({0, 2, 3, 4, 1}).flatten(0, 1).contiguous();
    h = conv_in_.forward(h, stop);
    std::vector<at::Tensor> kept{h};
    for (const DownBlock& block : down_) {
        for (const Layer& layer : block.layers) {
            h = run(layer, h, pass);
            kept.push_back(h);
        }
        if (block.downsampler) {
            h = block.downsampler->forward(h, stop);
            kept.push_back(h);
        }
    }
    h = mid_first_->forward(h, pass.time, stop);
    h = mid_attention_->forward(h, pass.next_keys(*mid_attention_), stop);
    if (mid_motion_) {
        h = mid_motion_->forward(h, pass.motion, stop);
    }
    h = mid_last_->forward(h, pass.time, stop);
    pass.layer_done();
    for (const UpBlock& block : up_) {
        for (const Layer& layer : block.layers) {
            h = run(layer, at::cat({h, kept.back()}, 3), pass);
            kept.pop_back();
        }
        if (block.upsampler) {
            h = block.upsampler->forward(h, stop);
        }
    }
    h = conv_out_.forward(norm_out_.silu(h, {}, stop), stop);
    return h.unflatten(0, {latents.size(0), latents.size(2)}).permute({0, 4, 1, 2, 3}).contiguous();
}

} // namespace rushes
