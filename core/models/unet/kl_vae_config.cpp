#include "models/unet/kl_vae_config.h"

#include <algorithm>

namespace rushes {

KlVaeConfig read_kl_vae_config(const JsonConfig& config) {
    constexpr std::int64_t most = 65536;
    config.require("_class_name", {"AutoencoderKL"});
    if (config.has("act_fn")) {
        config.require("act_fn", {"silu"});
    }
    KlVaeConfig result;
    result.in_channels = config.integer("in_channels", {1, most}, 3);
    result.out_channels = config.integer("out_channels", {1, most}, 3);
    result.latent_channels = config.integer("latent_channels", {1, most}, 4);
    result.block_channels = config.integers("block_out_channels", {1, most}, 8);
    result.layers_per_block = config.integer("layers_per_block", {1, 64}, 1);
    result.norm_groups = config.integer("norm_num_groups", {1, most}, 32);
    result.scaling_factor = config.number("scaling_factor", {1e-6, 1e6}, 0.18215);
    result.shift_factor = config.number("shift_factor", {-1e3, 1e3}, 0);
    result.quant_conv = config.boolean("use_quant_conv", true);
    result.post_quant_conv = config.boolean("use_post_quant_conv", true);
    result.mid_attention = config.boolean("mid_block_add_attention", true);
    result.sample_size = config.size("sample_size") > 0 ? 512 : config.integer("sample_size", {8, most}, 32);
    const auto check = [&](const char* key, const std::string& name) {
        const std::vector<std::string> classes = config.texts(key);
        const bool known = classes.size() == result.block_channels.size() &&
                           std::ranges::all_of(classes, [&](const std::string& c) { return c == name; });
        if (!known) {
            config.fail("\"" + std::string(key) + "\" must have " + name + " for each block.");
        }
    };
    check("down_block_types", "DownEncoderBlock2D");
    check("up_block_types", "UpDecoderBlock2D");
    if (std::ranges::any_of(result.block_channels, [&](auto c) { return c % result.norm_groups != 0; })) {
        config.fail("the channels of a block are no multiple of \"norm_num_groups\".");
    }
    return result;
}

} // namespace rushes
