#include "models/wan/tensor_list.h"

#include "nn/weights/tensor_list.h"

#include <string>

namespace rushes::wan {

namespace {

using Shape = TensorList::Shape;

void add_attention(TensorList& list, const std::string& name, std::int64_t dim) {
    list.add(name + ".norm_q.weight", {dim});
    list.add(name + ".norm_k.weight", {dim});
    for (const char* layer : {".to_q", ".to_k", ".to_v", ".to_out.0"}) {
        list.layer(name + layer, {dim, dim});
    }
}

void add_block(TensorList& list, const std::string& name, const TransformerConfig& c) {
    list.add(name + ".scale_shift_table", {1, 6, c.dim()});
    add_attention(list, name + ".attn1", c.dim());
    add_attention(list, name + ".attn2", c.dim());
    if (c.image_dim > 0) {
        list.layer(name + ".attn2.add_k_proj", {c.dim(), c.dim()});
        list.layer(name + ".attn2.add_v_proj", {c.dim(), c.dim()});
        list.add(name + ".attn2.norm_added_k.weight", {c.dim()});
    }
    if (c.cross_attn_norm) {
        list.layer(name + ".norm2", {c.dim()});
    }
    list.layer(name + ".ffn.net.0.proj", {c.ffn_dim, c.dim()});
    list.layer(name + ".ffn.net.2", {c.dim(), c.ffn_dim});
}

void add_residual(TensorList& list, const std::string& name, std::int64_t in, std::int64_t out) {
    list.add(name + ".norm1.gamma", {in, 1, 1, 1});
    list.layer(name + ".conv1", {out, in, 3, 3, 3});
    list.add(name + ".norm2.gamma", {out, 1, 1, 1});
    list.layer(name + ".conv2", {out, out, 3, 3, 3});
    if (in != out) {
        list.layer(name + ".conv_shortcut", {out, in, 1, 1, 1});
    }
}

void add_middle(TensorList& list, const std::string& name, std::int64_t channels) {
    add_residual(list, name + ".resnets.0", channels, channels);
    list.add(name + ".attentions.0.norm.gamma", {channels, 1, 1});
    list.layer(name + ".attentions.0.to_qkv", {3 * channels, channels, 1, 1});
    list.layer(name + ".attentions.0.proj", {channels, channels, 1, 1});
    add_residual(list, name + ".resnets.1", channels, channels);
}

/// A 3x3 convolution over each picture and, with `time`, one over three frames.
void add_resample(
    TensorList& list,
    const std::string& name,
    std::int64_t in,
    std::int64_t out,
    std::int64_t time_out,
    bool time
) {
    list.layer(name + ".resample.1", {out, in, 3, 3});
    if (time) {
        list.layer(name + ".time_conv", {time_out, in, 3, 1, 1});
    }
}

void add_encoder(TensorList& list, const VaeConfig& c) {
    const Shape channels = c.encoder_channels();
    list.layer("encoder.conv_in", {channels.front(), c.in_channels, 3, 3, 3});
    std::int64_t place = 0; // Wan 2.1 counts the layers of all levels in one row
    for (std::size_t level = 0; level < c.levels(); ++level) {
        const std::string own = "encoder.down_blocks." + std::to_string(level);
        const auto next = [&](const std::string& within) {
            return c.is_residual ? own + within : "encoder.down_blocks." + std::to_string(place++);
        };
        std::int64_t in = channels[level];
        const std::int64_t out = channels[level + 1];
        for (std::int64_t i = 0; i < c.num_res_blocks; ++i) {
            add_residual(list, next(".resnets." + std::to_string(i)), in, out);
            in = out;
        }
        if (c.resamples(level)) {
            add_resample(list, next(".downsampler"), out, out, out, c.halves_time(level));
        }
    }
    add_middle(list, "encoder.mid_block", channels.back());
    list.add("encoder.norm_out.gamma", {channels.back(), 1, 1, 1});
    list.layer("encoder.conv_out", {2 * c.z_dim, channels.back(), 3, 3, 3});
}

void add_decoder(TensorList& list, const VaeConfig& c) {
    const Shape channels = c.decoder_channels();
    list.layer("decoder.conv_in", {channels.front(), c.z_dim, 3, 3, 3});
    add_middle(list, "decoder.mid_block", channels.front());
    for (std::size_t level = 0; level < c.levels(); ++level) {
        const std::string block = "decoder.up_blocks." + std::to_string(level);
        const std::int64_t out = channels[level + 1];
        std::int64_t in = c.decoder_input(level);
        for (std::int64_t i = 0; i <= c.num_res_blocks; ++i) {
            add_residual(list, block + ".resnets." + std::to_string(i), in, out);
            in = out;
        }
        if (c.resamples(level)) {
            const std::string name = block + (c.is_residual ? ".upsampler" : ".upsamplers.0");
            add_resample(list, name, out, c.is_residual ? out : out / 2, 2 * out, c.doubles_time(level));
        }
    }
    list.add("decoder.norm_out.gamma", {channels.back(), 1, 1, 1});
    list.layer("decoder.conv_out", {c.out_channels, channels.back(), 3, 3, 3});
}

} // namespace

std::vector<TensorShape> transformer_tensors(const TransformerConfig& c, TensorDtype dtype) {
    TensorList list(dtype);
    list.add("scale_shift_table", {1, 2, c.dim()});
    list.layer("patch_embedding", {c.dim(), c.in_channels, c.patch_frames, c.patch_height, c.patch_width});
    const std::string condition = "condition_embedder.";
    list.layer(condition + "time_embedder.linear_1", {c.dim(), c.freq_dim});
    list.layer(condition + "time_embedder.linear_2", {c.dim(), c.dim()});
    list.layer(condition + "time_proj", {6 * c.dim(), c.dim()});
    list.layer(condition + "text_embedder.linear_1", {c.dim(), c.text_dim});
    list.layer(condition + "text_embedder.linear_2", {c.dim(), c.dim()});
    if (c.image_dim > 0) {
        const std::string image = condition + "image_embedder.";
        list.layer(image + "norm1", {c.image_dim});
        list.layer(image + "ff.net.0.proj", {c.image_dim, c.image_dim});
        list.layer(image + "ff.net.2", {c.dim(), c.image_dim});
        list.layer(image + "norm2", {c.dim()});
        if (c.image_positions > 0) {
            list.add(image + "pos_embed", {1, c.image_positions, c.image_dim});
        }
    }
    for (std::int64_t i = 0; i < c.layers; ++i) {
        add_block(list, "blocks." + std::to_string(i), c);
    }
    if (c.control_channels > 0) {
        list.layer(
            "vace_patch_embedding",
            {c.dim(), c.control_channels, c.patch_frames, c.patch_height, c.patch_width}
        );
    }
    for (std::size_t i = 0; i < c.control_layers.size(); ++i) {
        const std::string name = "vace_blocks." + std::to_string(i);
        add_block(list, name, c);
        if (i == 0) {
            list.layer(name + ".proj_in", {c.dim(), c.dim()});
        }
        list.layer(name + ".proj_out", {c.dim(), c.dim()});
    }
    list.layer("proj_out", {c.out_channels * c.patch_frames * c.patch_height * c.patch_width, c.dim()});
    return list.take();
}

std::vector<TensorShape> vae_tensors(const VaeConfig& c, TensorDtype dtype) {
    TensorList list(dtype);
    add_encoder(list, c);
    list.layer("quant_conv", {2 * c.z_dim, 2 * c.z_dim, 1, 1, 1});
    list.layer("post_quant_conv", {c.z_dim, c.z_dim, 1, 1, 1});
    add_decoder(list, c);
    return list.take();
}

} // namespace rushes::wan
