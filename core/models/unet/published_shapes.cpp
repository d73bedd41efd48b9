#include "models/unet/published_shapes.h"

#include "nn/weights/tensor_list.h"

#include <nlohmann/json.hpp>

namespace rushes {

namespace {

using Json = nlohmann::ordered_json;

std::string number(std::int64_t value) {
    return std::to_string(value);
}

void add_resnet(
    TensorList& list, const std::string& name, std::int64_t in, std::int64_t out, std::int64_t time
) {
    list.layer(name + ".norm1", {in});
    list.layer(name + ".conv1", {out, in, 3, 3});
    if (time > 0) {
        list.layer(name + ".time_emb_proj", {out, time});
    }
    list.layer(name + ".norm2", {out});
    list.layer(name + ".conv2", {out, out, 3, 3});
    if (in != out) {
        list.layer(name + ".conv_shortcut", {out, in, 1, 1});
    }
}

/// Norms, two attentions (`context` numbers wide is what the second looks at) and the feed-forward layer.
void add_transformer_block(
    TensorList& list, const std::string& name, std::int64_t size, std::int64_t context
) {
    for (const std::int64_t number_of : {1, 2, 3}) {
        list.layer(name + ".norm" + number(number_of), {size});
    }
    for (const std::int64_t which : {1, 2}) {
        const std::string attention = name + ".attn" + number(which);
        const std::int64_t seen = which == 1 ? size : context;
        list.add(attention + ".to_q.weight", {size, size});
        list.add(attention + ".to_k.weight", {size, seen});
        list.add(attention + ".to_v.weight", {size, seen});
        list.layer(attention + ".to_out.0", {size, size});
    }
    list.layer(name + ".ff.net.0.proj", {8 * size, size});
    list.layer(name + ".ff.net.2", {size, 4 * size});
}

class UNetList {
public:
    UNetList(const UNetConfig& config, TensorDtype dtype) : c_(config), list_(dtype) {}

    std::vector<TensorShape> take() {
        const std::int64_t first = c_.block_channels.front();
        list_.layer("conv_in", {first, c_.in_channels, 3, 3});
        list_.layer("time_embedding.linear_1", {4 * first, first});
        list_.layer("time_embedding.linear_2", {4 * first, 4 * first});
        if (c_.guidance_dim > 0) {
            list_.add("time_embedding.cond_proj.weight", {first, c_.guidance_dim});
        }
        if (c_.added) {
            list_.layer("add_embedding.linear_1", {4 * first, c_.added->width()});
            list_.layer("add_embedding.linear_2", {4 * first, 4 * first});
        }
        down();
        const std::int64_t last = c_.block_channels.back();
        add_resnet(list_, "mid_block.resnets.0", last, last, 4 * first);
        attention("mid_block.attentions.0", c_.blocks() - 1);
        add_resnet(list_, "mid_block.resnets.1", last, last, 4 * first);
        up();
        list_.layer("conv_norm_out", {first});
        list_.layer("conv_out", {c_.out_channels, first, 3, 3});
        return list_.take();
    }

private:
    void attention(const std::string& name, std::size_t block) {
        const std::int64_t size = c_.block_channels[block];
        const TensorList::Shape projection =
            c_.linear_projection ? TensorList::Shape{size, size} : TensorList::Shape{size, size, 1, 1};
        list_.layer(name + ".norm", {size});
        list_.layer(name + ".proj_in", projection);
        for (std::int64_t i = 0; i < c_.transformer_layers[block]; ++i) {
            add_transformer_block(list_, name + ".transformer_blocks." + number(i), size, c_.text_dim);
        }
        list_.layer(name + ".proj_out", projection);
    }

    void layer(const std::string& name, std::int64_t i, std::int64_t in, std::size_t block, bool attends) {
        const std::int64_t out = c_.block_channels[block];
        add_resnet(list_, name + ".resnets." + number(i), in, out, 4 * c_.block_channels.front());
        if (attends) {
            attention(name + ".attentions." + number(i), block);
        }
    }

    void down() {
        std::int64_t channels = c_.block_channels.front();
        kept_ = {channels};
        for (std::size_t b = 0; b < c_.blocks(); ++b) {
            const std::string block = "down_blocks." + std::to_string(b);
            for (std::int64_t i = 0; i < c_.layers_per_block; ++i) {
                layer(block, i, channels, b, c_.down_attention[b]);
                channels = c_.block_channels[b];
                kept_.push_back(channels);
            }
            if (b + 1 < c_.blocks()) {
                list_.layer(block + ".downsamplers.0.conv", {channels, channels, 3, 3});
                kept_.push_back(channels);
            }
        }
    }

    void up() {
        std::int64_t channels = c_.block_channels.back();
        for (std::size_t step = 0; step < c_.blocks(); ++step) {
            const std::string block = "up_blocks." + std::to_string(step);
            const std::size_t level = c_.blocks() - 1 - step;
            const std::int64_t out = c_.block_channels[level];
            for (std::int64_t i = 0; i <= c_.layers_per_block; ++i) {
                layer(block, i, channels + kept_.back(), level, c_.up_attention[step]);
                kept_.pop_back();
                channels = out;
            }
            if (step + 1 < c_.blocks()) {
                list_.layer(block + ".upsamplers.0.conv", {out, out, 3, 3});
            }
        }
    }

    const UNetConfig& c_;
    TensorList list_;
    std::vector<std::int64_t> kept_; ///< channels of what the way down keeps
};

void add_vae_middle(TensorList& list, const std::string& part, const KlVaeConfig& c) {
    const std::int64_t size = c.block_channels.back();
    add_resnet(list, part + ".mid_block.resnets.0", size, size, 0);
    if (c.mid_attention) {
        const std::string attention = part + ".mid_block.attentions.0";
        list.layer(attention + ".group_norm", {size});
        for (const char* const layer : {".to_q", ".to_k", ".to_v", ".to_out.0"}) {
            list.layer(attention + layer, {size, size});
        }
    }
    add_resnet(list, part + ".mid_block.resnets.1", size, size, 0);
}

void add_encoder(TensorList& list, const KlVaeConfig& c) {
    std::int64_t channels = c.block_channels.front();
    list.layer("encoder.conv_in", {channels, c.in_channels, 3, 3});
    for (std::size_t b = 0; b < c.block_channels.size(); ++b) {
        const std::string block = "encoder.down_blocks." + std::to_string(b);
        for (std::int64_t i = 0; i < c.layers_per_block; ++i) {
            add_resnet(list, block + ".resnets." + number(i), channels, c.block_channels[b], 0);
            channels = c.block_channels[b];
        }
        if (b + 1 < c.block_channels.size()) {
            list.layer(block + ".downsamplers.0.conv", {channels, channels, 3, 3});
        }
    }
    add_vae_middle(list, "encoder", c);
    list.layer("encoder.conv_norm_out", {channels});
    list.layer("encoder.conv_out", {2 * c.latent_channels, channels, 3, 3});
}

void add_decoder(TensorList& list, const KlVaeConfig& c) {
    std::int64_t channels = c.block_channels.back();
    list.layer("decoder.conv_in", {channels, c.latent_channels, 3, 3});
    add_vae_middle(list, "decoder", c);
    const std::size_t blocks = c.block_channels.size();
    for (std::size_t step = 0; step < blocks; ++step) {
        const std::string block = "decoder.up_blocks." + std::to_string(step);
        const std::int64_t out = c.block_channels[blocks - 1 - step];
        for (std::int64_t i = 0; i <= c.layers_per_block; ++i) {
            add_resnet(list, block + ".resnets." + number(i), channels, out, 0);
            channels = out;
        }
        if (step + 1 < blocks) {
            list.layer(block + ".upsamplers.0.conv", {out, out, 3, 3});
        }
    }
    list.layer("decoder.conv_norm_out", {channels});
    list.layer("decoder.conv_out", {c.out_channels, channels, 3, 3});
}

void add_motion_module(TensorList& list, const std::string& name, std::int64_t size, std::int64_t frames) {
    const std::string block = name + ".transformer_blocks.0";
    list.layer(name + ".norm", {size});
    list.layer(name + ".proj_in", {size, size});
    list.add(block + ".pos_embed.pe", {1, frames, size});
    add_transformer_block(list, block, size, size);
    list.layer(name + ".proj_out", {size, size});
}

std::string text(const Json& json) {
    return json.dump(2) + "\n";
}

} // namespace

UNetConfig unet_sd15() {
    UNetConfig c;
    c.block_channels = {320, 640, 1280, 1280};
    c.down_attention = {true, true, true, false};
    c.up_attention = {false, true, true, true};
    c.heads = {8, 8, 8, 8};
    c.transformer_layers = {1, 1, 1, 1};
    return c;
}

UNetConfig unet_sd21() {
    UNetConfig c = unet_sd15();
    c.heads = {5, 10, 20, 20};
    c.text_dim = 1024;
    c.linear_projection = true;
    return c;
}

UNetConfig unet_sdxl() {
    UNetConfig c;
    c.block_channels = {320, 640, 1280};
    c.down_attention = {false, true, true};
    c.up_attention = {true, true, false};
    c.heads = {5, 10, 20};
    c.transformer_layers = {1, 2, 10};
    c.text_dim = 2048;
    c.linear_projection = true;
    c.added.emplace();
    return c;
}

KlVaeConfig kl_vae_sd15() {
    KlVaeConfig c;
    c.block_channels = {128, 256, 512, 512};
    c.layers_per_block = 2;
    return c;
}

KlVaeConfig kl_vae_sdxl() {
    KlVaeConfig c = kl_vae_sd15();
    c.scaling_factor = 0.13025;
    c.sample_size = 1024;
    return c;
}

MotionConfig motion_sd15(bool mid_block) {
    MotionConfig c;
    c.block_channels = {320, 640, 1280, 1280};
    c.heads = {8, 8, 8, 8};
    c.mid_block = mid_block;
    return c;
}

std::string unet_config_text(const UNetConfig& c) {
    const auto classes = [](const std::vector<bool>& attention, const std::string& direction) {
        std::vector<std::string> names;
        for (const bool attends : attention) {
            names.push_back((attends ? "CrossAttn" : "") + direction + "Block2D");
        }
        return names;
    };
    Json json{
        {"_class_name", "UNet2DConditionModel"},
        {"in_channels", c.in_channels},
        {"out_channels", c.out_channels},
        {"block_out_channels", c.block_channels},
        {"down_block_types", classes(c.down_attention, "Down")},
        {"up_block_types", classes(c.up_attention, "Up")},
        {"attention_head_dim", c.heads},
        {"transformer_layers_per_block", c.transformer_layers},
        {"layers_per_block", c.layers_per_block},
        {"cross_attention_dim", c.text_dim},
        {"norm_num_groups", c.norm_groups},
        {"norm_eps", c.norm_eps},
        {"use_linear_projection", c.linear_projection},
        {"act_fn", "silu"},
        {"flip_sin_to_cos", true},
        {"freq_shift", 0},
    };
    if (c.guidance_dim > 0) {
        json["time_cond_proj_dim"] = c.guidance_dim;
    }
    if (c.added) {
        json["addition_embed_type"] = "text_time";
        json["addition_time_embed_dim"] = c.added->size_dim;
        json["projection_class_embeddings_input_dim"] = c.added->width();
    }
    return text(json);
}

std::string kl_vae_config_text(const KlVaeConfig& c) {
    const std::size_t blocks = c.block_channels.size();
    return text({
        {"_class_name", "AutoencoderKL"},
        {"in_channels", c.in_channels},
        {"out_channels", c.out_channels},
        {"latent_channels", c.latent_channels},
        {"block_out_channels", c.block_channels},
        {"down_block_types", std::vector<std::string>(blocks, "DownEncoderBlock2D")},
        {"up_block_types", std::vector<std::string>(blocks, "UpDecoderBlock2D")},
        {"layers_per_block", c.layers_per_block},
        {"norm_num_groups", c.norm_groups},
        {"scaling_factor", c.scaling_factor},
        {"shift_factor", c.shift_factor},
        {"use_quant_conv", c.quant_conv},
        {"use_post_quant_conv", c.post_quant_conv},
        {"sample_size", c.sample_size},
        {"act_fn", "silu"},
    });
}

std::string motion_config_text(const MotionConfig& c) {
    return text({
        {"_class_name", "MotionAdapter"},
        {"block_out_channels", c.block_channels},
        {"motion_layers_per_block", c.layers_per_block},
        {"motion_num_attention_heads", c.heads},
        {"motion_norm_num_groups", c.norm_groups},
        {"motion_max_seq_length", c.max_frames},
        {"use_motion_mid_block", c.mid_block},
    });
}

std::vector<TensorShape> unet_tensors(const UNetConfig& config, TensorDtype dtype) {
    return UNetList(config, dtype).take();
}

std::vector<TensorShape> kl_vae_tensors(const KlVaeConfig& c, TensorDtype dtype) {
    TensorList list(dtype);
    add_encoder(list, c);
    add_decoder(list, c);
    if (c.quant_conv) {
        list.layer("quant_conv", {2 * c.latent_channels, 2 * c.latent_channels, 1, 1});
    }
    if (c.post_quant_conv) {
        list.layer("post_quant_conv", {c.latent_channels, c.latent_channels, 1, 1});
    }
    return list.take();
}

std::vector<TensorShape> motion_tensors(const MotionConfig& c, TensorDtype dtype) {
    TensorList list(dtype);
    const auto blocks = static_cast<std::int64_t>(c.block_channels.size());
    for (std::int64_t b = 0; b < blocks; ++b) {
        const std::int64_t down = c.block_channels[static_cast<std::size_t>(b)];
        const std::int64_t up = c.block_channels[static_cast<std::size_t>(blocks - 1 - b)];
        for (std::int64_t i = 0; i <= c.layers_per_block; ++i) {
            const std::string place = number(b) + ".motion_modules." + number(i);
            if (i < c.layers_per_block) {
                add_motion_module(list, "down_blocks." + place, down, c.max_frames);
            }
            add_motion_module(list, "up_blocks." + place, up, c.max_frames);
        }
    }
    if (c.mid_block) {
        add_motion_module(list, "mid_block.motion_modules.0", c.block_channels.back(), c.max_frames);
    }
    return list.take();
}

} // namespace rushes
