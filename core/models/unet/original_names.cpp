#include "models/unet/original_names.h"

#include <string>
#include <utility>

namespace rushes {

namespace {

std::string number(std::size_t value) {
    return std::to_string(value);
}

/// The layers of a resnet, by their place in the original's nn.Sequential.
const std::vector<NameRule> resnet_layers{
    {"in_layers.0", "norm1"},
    {"in_layers.2", "conv1"},
    {"emb_layers.1", "time_emb_proj"},
    {"out_layers.0", "norm2"},
    {"out_layers.3", "conv2"},
    {"skip_connection", "conv_shortcut"},
};

class UNetRules {
public:
    explicit UNetRules(const UNetConfig& config)
        : config_(config), layers_(static_cast<std::size_t>(config.layers_per_block)) {}

    std::vector<NameRule> rules() {
        rules_ = {
            {"input_blocks.0.0", "conv_in"},
            {"time_embed.0", "time_embedding.linear_1"},
            {"time_embed.2", "time_embedding.linear_2"},
            {"label_emb.0.0", "add_embedding.linear_1"},
            {"label_emb.0.2", "add_embedding.linear_2"},
            {"out.0", "conv_norm_out"},
            {"out.2", "conv_out"},
            {"middle_block.1", "mid_block.attentions.0"},
        };
        add_resnet("middle_block.0", "mid_block.resnets.0");
        add_resnet("middle_block.2", "mid_block.resnets.1");
        add_down();
        add_up();
        return std::move(rules_);
    }

private:
    void add_resnet(const std::string& foreign, const std::string& own) {
        for (const NameRule& layer : resnet_layers) {
            rules_.push_back({foreign + "." + layer.foreign, own + "." + layer.own});
        }
    }

    void add_down() {
        std::size_t place = 1;
        for (std::size_t block = 0; block < config_.blocks(); ++block) {
            const std::string own = "down_blocks." + number(block);
            for (std::size_t i = 0; i < layers_; ++i) {
                const std::string foreign = "input_blocks." + number(place++);
                add_resnet(foreign + ".0", own + ".resnets." + number(i));
                rules_.push_back({foreign + ".1", own + ".attentions." + number(i)});
            }
            if (block + 1 < config_.blocks()) {
                rules_.push_back({"input_blocks." + number(place++) + ".0.op", own + ".downsamplers.0.conv"});
            }
        }
    }

    /// What enlarges stands behind the last layer of a block, and behind its attention where it has one.
    void add_up() {
        std::size_t place = 0;
        for (std::size_t step = 0; step < config_.blocks(); ++step) {
            const std::string own = "up_blocks." + number(step);
            for (std::size_t i = 0; i <= layers_; ++i) {
                const std::string foreign = "output_blocks." + number(place++);
                add_resnet(foreign + ".0", own + ".resnets." + number(i));
                if (i == layers_ && step + 1 < config_.blocks()) {
                    const std::string last = config_.up_attention[step] ? ".2.conv" : ".1.conv";
                    rules_.push_back({foreign + last, own + ".upsamplers.0.conv"});
                }
                if (config_.up_attention[step]) {
                    rules_.push_back({foreign + ".1", own + ".attentions." + number(i)});
                }
            }
        }
    }

    const UNetConfig& config_;
    std::size_t layers_;
    std::vector<NameRule> rules_;
};

void add_vae_half(std::vector<NameRule>& rules, const std::string& part) {
    rules.push_back({part + ".mid.block_1.nin_shortcut", part + ".mid_block.resnets.0.conv_shortcut"});
    rules.push_back({part + ".mid.block_2.nin_shortcut", part + ".mid_block.resnets.1.conv_shortcut"});
    rules.push_back({part + ".mid.block_1", part + ".mid_block.resnets.0"});
    rules.push_back({part + ".mid.block_2", part + ".mid_block.resnets.1"});
    rules.push_back({part + ".mid.attn_1.norm", part + ".mid_block.attentions.0.group_norm"});
    rules.push_back({part + ".mid.attn_1", part + ".mid_block.attentions.0"});
    rules.push_back({part + ".norm_out", part + ".conv_norm_out"});
}

void add_vae_level(std::vector<NameRule>& rules, const std::string& foreign, const std::string& own) {
    rules.push_back({foreign + ".block.*.nin_shortcut", own + ".resnets.*.conv_shortcut"});
    rules.push_back({foreign + ".block.*", own + ".resnets.*"});
    rules.push_back({foreign + ".downsample.conv", own + ".downsamplers.0.conv"});
    rules.push_back({foreign + ".upsample.conv", own + ".upsamplers.0.conv"});
}

} // namespace

WeightNames unet_names(const UNetConfig& config) {
    return {
        .prefixes = {"model.diffusion_model."},
        .maps = {{.marker = "input_blocks.0.0", .rules = UNetRules(config).rules()}},
    };
}

WeightNames kl_vae_names(const KlVaeConfig& config) {
    std::vector<NameRule> rules;
    add_vae_half(rules, "encoder");
    add_vae_half(rules, "decoder");
    add_vae_level(rules, "encoder.down.*", "encoder.down_blocks.*");
    const std::size_t levels = config.block_channels.size();
    for (std::size_t level = 0; level < levels; ++level) { // the original counts from the largest picture
        add_vae_level(
            rules, "decoder.up." + number(level), "decoder.up_blocks." + number(levels - 1 - level)
        );
    }
    return {
        .prefixes = {"first_stage_model.", "vae."},
        .maps = {{.marker = "decoder.mid.block_1", .rules = std::move(rules)}},
    };
}

WeightNames motion_names() {
    std::vector<NameRule> rules;
    for (const std::string block : {"down_blocks.*", "up_blocks.*", "mid_block"}) {
        const std::string own = block + ".motion_modules.*";
        const std::string foreign = own + ".temporal_transformer";
        const auto within = [&](const std::string& layer, const std::string& name) {
            rules.push_back(
                {foreign + ".transformer_blocks.*." + layer, own + ".transformer_blocks.*." + name}
            );
        };
        within("attention_blocks.0.pos_encoder", "pos_embed");
        within("attention_blocks.1.pos_encoder", std::string(repeated_positions.front()));
        within("attention_blocks.0", "attn1");
        within("attention_blocks.1", "attn2");
        within("norms.0", "norm1");
        within("norms.1", "norm2");
        within("ff_norm", "norm3");
        rules.push_back({foreign, own});
    }
    return {
        .prefixes = {"module."},
        .maps = {{.marker = "down_blocks.0.motion_modules.0.temporal_transformer", .rules = std::move(rules)}
        },
    };
}

} // namespace rushes
