#include "models/ltx/tensor_list.h"

#include "nn/weights/tensor_list.h"

#include <string>

namespace rushes::ltx {

namespace {

constexpr std::int64_t sinusoid_size = 256;

void add_attention(TensorList& list, const std::string& name, const TransformerConfig& c) {
    list.add(name + ".norm_q.weight", {c.dim()});
    list.add(name + ".norm_k.weight", {c.dim()});
    const auto add = [&](const std::string& layer, bool bias) {
        list.add(name + layer + ".weight", {c.dim(), c.dim()});
        if (bias) {
            list.add(name + layer + ".bias", {c.dim()});
        }
    };
    for (const char* const layer : {".to_q", ".to_k", ".to_v"}) {
        add(layer, c.attention_bias);
    }
    add(".to_out.0", c.attention_out_bias);
}

/// A convolution over time, in its wrapper.
void add_conv(
    TensorList& list, const std::string& name, std::int64_t in, std::int64_t out, std::int64_t size = 3
) {
    list.layer(name + ".conv", {out, in, size, size, size});
}

struct ResnetKind {
    bool noise = false;
    bool timestep = false;
};

void add_resnet(
    TensorList& list, const std::string& name, std::int64_t in, std::int64_t out, const ResnetKind& kind = {}
) {
    add_conv(list, name + ".conv1", in, out);
    add_conv(list, name + ".conv2", out, out);
    if (in != out) {
        list.layer(name + ".norm3", {in});
        add_conv(list, name + ".conv_shortcut", in, out, 1);
    }
    if (kind.noise) {
        list.add(name + ".per_channel_scale1", {in, 1, 1});
        list.add(name + ".per_channel_scale2", {in, 1, 1});
    }
    if (kind.timestep) {
        list.add(name + ".scale_shift_table", {4, in});
    }
}

void add_resnets(
    TensorList& list,
    const std::string& name,
    std::int64_t count,
    std::int64_t channels,
    const ResnetKind& kind = {}
) {
    for (std::int64_t i = 0; i < count; ++i) {
        add_resnet(list, name + ".resnets." + std::to_string(i), channels, channels, kind);
    }
}

void add_embedder(TensorList& list, const std::string& name, std::int64_t out) {
    list.layer(name + ".timestep_embedder.linear_1", {out, sinusoid_size});
    list.layer(name + ".timestep_embedder.linear_2", {out, out});
}

void add_encoder(TensorList& list, const VaeConfig& c) {
    add_conv(list, "encoder.conv_in", 3 * c.patch_size * c.patch_size, c.down.front().in);
    for (std::size_t level = 0; level < c.down.size(); ++level) {
        const DownLevel& down = c.down[level];
        const std::string name = "encoder.down_blocks." + std::to_string(level);
        add_resnets(list, name, down.layers, down.in);
        if (down.halving == Halving::convolution) {
            add_conv(list, name + ".downsamplers.0", down.in, down.in);
        } else if (down.halving != Halving::none) {
            add_conv(list, name + ".downsamplers.0.conv", down.in, down.out / places_of(down.halving));
        }
        if (down.widens_last) {
            add_resnet(list, name + ".conv_out", down.in, down.out);
        }
    }
    const std::int64_t coarsest = c.down.back().out;
    add_resnets(list, "encoder.mid_block", c.encoder_mid_layers, coarsest);
    add_conv(list, "encoder.conv_out", coarsest, c.latent_channels + 1);
}

void add_decoder(TensorList& list, const VaeConfig& c) {
    const std::int64_t coarsest = c.decoder_channels();
    const auto embed = [&](const std::string& name, std::int64_t out) {
        if (c.timestep_conditioning) {
            add_embedder(list, name + ".time_embedder", out);
        }
    };
    add_conv(list, "decoder.conv_in", c.latent_channels, coarsest);
    embed("decoder.mid_block", 4 * coarsest);
    const ResnetKind middle{.noise = c.decoder_mid_noise, .timestep = c.timestep_conditioning};
    add_resnets(list, "decoder.mid_block", c.decoder_mid_layers, coarsest, middle);
    for (std::size_t level = 0; level < c.up.size(); ++level) {
        const UpLevel& up = c.up[level];
        const std::string name = "decoder.up_blocks." + std::to_string(level);
        const ResnetKind kind{.noise = up.inject_noise, .timestep = c.timestep_conditioning};
        embed(name, 4 * up.in);
        if (up.in != up.out) {
            add_resnet(list, name + ".conv_in", up.in, up.out, kind);
        }
        if (up.doubles) {
            const std::int64_t wide = up.out * up.narrowing;
            add_conv(list, name + ".upsamplers.0.conv", wide, wide * 8 / up.narrowing);
        }
        add_resnets(list, name, up.layers, up.out, kind);
    }
    const std::int64_t finest = c.up.back().out;
    if (c.timestep_conditioning) {
        list.add("decoder.timestep_scale_multiplier", {});
        list.add("decoder.scale_shift_table", {2, finest});
    }
    embed("decoder", 2 * finest);
    add_conv(list, "decoder.conv_out", finest, 3 * c.patch_size * c.patch_size);
}

} // namespace

std::vector<TensorShape> transformer_tensors(const TransformerConfig& c, TensorDtype dtype) {
    TensorList list(dtype);
    list.layer("proj_in", {c.dim(), c.channels});
    list.add("scale_shift_table", {2, c.dim()});
    add_embedder(list, "time_embed.emb", c.dim());
    list.layer("time_embed.linear", {6 * c.dim(), c.dim()});
    list.layer("caption_projection.linear_1", {c.dim(), c.caption_channels});
    list.layer("caption_projection.linear_2", {c.dim(), c.dim()});
    for (std::int64_t layer = 0; layer < c.layers; ++layer) {
        const std::string name = "transformer_blocks." + std::to_string(layer);
        list.add(name + ".scale_shift_table", {6, c.dim()});
        add_attention(list, name + ".attn1", c);
        add_attention(list, name + ".attn2", c);
        list.layer(name + ".ff.net.0.proj", {c.ffn_dim(), c.dim()});
        list.layer(name + ".ff.net.2", {c.dim(), c.ffn_dim()});
    }
    list.layer("proj_out", {c.channels, c.dim()});
    return list.take();
}

std::vector<TensorShape> vae_tensors(const VaeConfig& config, TensorDtype dtype) {
    TensorList list(dtype);
    add_encoder(list, config);
    add_decoder(list, config);
    list.add("latents_mean", {config.latent_channels});
    list.add("latents_std", {config.latent_channels});
    return list.take();
}

} // namespace rushes::ltx
