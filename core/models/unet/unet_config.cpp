#include "models/unet/unet_config.h"

#include "base/error.h"

#include <algorithm>

namespace rushes {

namespace {

constexpr std::int64_t most = 65536;
constexpr std::size_t most_blocks = 8;

/// One number for all blocks, or a list with one for each.
std::vector<std::int64_t>
per_block(const JsonConfig& config, const std::string& key, std::size_t blocks, std::int64_t fallback) {
    std::vector<std::int64_t> values(blocks, fallback);
    if (config.size(key) > 0) {
        values = config.integers(key, {1, most}, most_blocks);
    } else if (config.has(key)) {
        values.assign(blocks, config.integer(key, {1, most}));
    }
    if (values.size() != blocks) {
        config.fail(
            "\"" + key + "\" must have a number for each of the " + std::to_string(blocks) + " blocks."
        );
    }
    return values;
}

/// The number that all blocks have.
std::int64_t
same_in_all(const JsonConfig& config, const std::string& key, std::size_t blocks, std::int64_t fallback) {
    const auto values = per_block(config, key, blocks, fallback);
    if (std::ranges::any_of(values, [&](std::int64_t value) { return value != values.front(); })) {
        config.fail("\"" + key + "\" must be the same in all blocks.");
    }
    return values.front();
}

void require_one(const JsonConfig& config, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
        if (config.has(key) && (config.size(key) > 0 || config.integer(key, {1, most}) != 1)) {
            config.fail("\"" + std::string(key) + "\" must be 1.");
        }
    }
}

void refuse(const JsonConfig& config, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
        if (config.has(key)) {
            config.fail("\"" + std::string(key) + "\" is given, which is not supported.");
        }
    }
}

/// Whether each block looks at the text, by its class.
std::vector<bool> attention_of(
    const JsonConfig& config,
    const std::string& key,
    std::size_t blocks,
    const std::string& direction,
    bool motion
) {
    const std::string end = motion ? "BlockMotion" : "Block2D";
    std::vector<bool> result;
    for (const std::string& name : config.texts(key)) {
        const bool attention = name == "CrossAttn" + direction + end;
        if (!attention && name != direction + end) {
            config.fail("\"" + key + "\" holds \"" + name + "\", which is not supported.");
        }
        result.push_back(attention);
    }
    if (result.size() != blocks) {
        config.fail(
            "\"" + key + "\" must have a class for each of the " + std::to_string(blocks) + " blocks."
        );
    }
    return result;
}

void check_groups(const JsonConfig& config, const std::vector<std::int64_t>& channels, std::int64_t groups) {
    if (std::ranges::any_of(channels, [&](std::int64_t c) { return c % groups != 0; })) {
        config.fail(
            "the channels of a block are no multiple of its " + std::to_string(groups) + " norm groups."
        );
    }
}

void check_heads(
    const JsonConfig& config,
    const std::vector<std::int64_t>& channels,
    const std::vector<std::int64_t>& heads
) {
    for (std::size_t i = 0; i < channels.size(); ++i) {
        if (channels[i] % heads[i] != 0) {
            config.fail("the channels of a block are no multiple of its heads.");
        }
    }
}

std::optional<AddedConfig> read_added(const JsonConfig& config) {
    if (!config.has("addition_embed_type")) {
        return std::nullopt;
    }
    config.require("addition_embed_type", {"text_time"});
    AddedConfig added;
    added.size_dim = config.integer("addition_time_embed_dim", {2, most});
    const std::int64_t sizes = added.width() - added.pooled_dim;
    added.pooled_dim = config.integer("projection_class_embeddings_input_dim", {sizes + 1, most}) - sizes;
    return added;
}

/// What a UNetMotionModel says of its motion modules.
MotionConfig read_own_motion(const JsonConfig& config, const UNetConfig& unet) {
    require_one(
        config, {"temporal_transformer_layers_per_block", "temporal_transformer_layers_per_mid_block"}
    );
    refuse(config, {"reverse_temporal_transformer_layers_per_block", "reverse_motion_num_attention_heads"});
    MotionConfig motion;
    motion.block_channels = unet.block_channels;
    motion.layers_per_block = unet.layers_per_block;
    motion.heads = per_block(config, "motion_num_attention_heads", unet.blocks(), 8);
    motion.norm_groups = unet.norm_groups;
    motion.max_frames = config.integer("motion_max_seq_length", {1, 4096}, 32);
    motion.mid_block = config.boolean("use_motion_mid_block", true);
    check_heads(config, motion.block_channels, motion.heads);
    return motion;
}

} // namespace

UNetConfig read_unet_config(const JsonConfig& config) {
    const bool motion =
        config.require("_class_name", {"UNet2DConditionModel", "UNetMotionModel"}) == "UNetMotionModel";
    refuse(
        config,
        {"class_embed_type",
         "encoder_hid_dim",
         "encoder_hid_dim_type",
         "num_class_embeds",
         "time_embedding_dim",
         "time_embedding_act_fn",
         "timestep_post_act",
         "reverse_transformer_layers_per_block"}
    );
    require_one(config, {"mid_block_scale_factor", "mid_block_layers", "downsample_padding"});
    for (const auto& [key, name] : std::initializer_list<std::pair<const char*, const char*>>{
             {"act_fn", "silu"}, {"resnet_time_scale_shift", "default"}, {"time_embedding_type", "positional"}
         }) {
        if (config.has(key)) {
            config.require(key, {name});
        }
    }
    for (const char* key :
         {"dual_cross_attention",
          "only_cross_attention",
          "center_input_sample",
          "resnet_skip_time_act",
          "class_embeddings_concat"}) {
        if (config.boolean(key, false)) {
            config.fail("\"" + std::string(key) + "\" is true, which is not supported.");
        }
    }
    if (!config.boolean("flip_sin_to_cos", true) || config.integer("freq_shift", {-1000, 1000}, 0) != 0) {
        config.fail(R"("flip_sin_to_cos" and "freq_shift" must be true and 0.)");
    }
    if (config.has("mid_block_type")) {
        config.require("mid_block_type", {"UNetMidBlock2DCrossAttn"});
    }
    UNetConfig result;
    result.in_channels = config.integer("in_channels", {1, most}, 4);
    result.out_channels = config.integer("out_channels", {1, most}, 4);
    result.block_channels = config.integers("block_out_channels", {2, most}, most_blocks);
    result.down_attention = attention_of(config, "down_block_types", result.blocks(), "Down", motion);
    result.up_attention = attention_of(config, "up_block_types", result.blocks(), "Up", motion);
    // The number of heads is called the size of a head in older configs, and stays so in the published ones.
    const char* const heads =
        config.has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";
    result.heads = per_block(config, heads, result.blocks(), 8);
    result.transformer_layers = per_block(config, "transformer_layers_per_block", result.blocks(), 1);
    result.layers_per_block = same_in_all(config, "layers_per_block", result.blocks(), 2);
    result.text_dim = config.integer("cross_attention_dim", {1, most}, 1280);
    result.norm_groups = config.integer("norm_num_groups", {1, most}, 32);
    result.norm_eps = config.number("norm_eps", {0, 1}, 1e-5);
    result.linear_projection = config.boolean("use_linear_projection", false);
    result.added = read_added(config);
    result.guidance_dim =
        config.has("time_cond_proj_dim") ? config.integer("time_cond_proj_dim", {4, most}) : 0;
    check_groups(config, result.block_channels, result.norm_groups);
    check_heads(config, result.block_channels, result.heads);
    if (motion) {
        result.motion = read_own_motion(config, result);
    }
    return result;
}

void require_text_alone(const JsonConfig& config, const UNetConfig& unet) {
    if (unet.added) {
        config.fail("this UNet wants more than the text (\"addition_embed_type\"), as that of SDXL does, and "
                    "the rest "
                    "of this directory belongs to another Stable Diffusion.");
    }
}

MotionConfig read_motion_adapter_config(const JsonConfig& config) {
    config.require("_class_name", {"MotionAdapter"});
    require_one(
        config,
        {"motion_transformer_layers_per_block",
         "motion_transformer_layers_per_mid_block",
         "motion_mid_block_layers_per_block"}
    );
    if (config.has("conv_in_channels")) {
        config.fail(
            "this motion adapter begins from a picture (\"conv_in_channels\"), which is not supported."
        );
    }
    MotionConfig result;
    result.block_channels = config.integers("block_out_channels", {2, most}, most_blocks);
    const std::size_t blocks = result.block_channels.size();
    result.layers_per_block = same_in_all(config, "motion_layers_per_block", blocks, 2);
    result.heads = per_block(config, "motion_num_attention_heads", blocks, 8);
    result.norm_groups = config.integer("motion_norm_num_groups", {1, most}, 32);
    result.max_frames = config.integer("motion_max_seq_length", {1, 4096}, 32);
    result.mid_block = config.boolean("use_motion_mid_block", true);
    check_groups(config, result.block_channels, result.norm_groups);
    check_heads(config, result.block_channels, result.heads);
    return result;
}

UNetConfig with_motion(UNetConfig unet, const MotionConfig& adapter) {
    if (unet.block_channels != adapter.block_channels || unet.layers_per_block != adapter.layers_per_block ||
        unet.norm_groups != adapter.norm_groups) {
        const bool larger = adapter.block_channels.size() != unet.block_channels.size();
        throw Error(
            ErrorKind::user,
            "This motion adapter belongs to another model: it has " +
                std::to_string(adapter.block_channels.size()) + " blocks of up to " +
                std::to_string(adapter.block_channels.back()) + " channels, the UNet " +
                std::to_string(unet.blocks()) + " of up to " + std::to_string(unet.block_channels.back()) +
                ".",
            larger ? "Adapters of Stable Diffusion 1.5 and of SDXL do not fit each other." : ""
        );
    }
    unet.motion = adapter;
    return unet;
}

} // namespace rushes
