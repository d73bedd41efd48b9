#include "models/wan/weight_names.h"

#include <string>

namespace rushes::wan {

namespace {

/// The layers of a residual block, by their place in Wan's nn.Sequential.
const std::vector<NameRule> residual_layers{
    {"residual.0", "norm1"},
    {"residual.2", "conv1"},
    {"residual.3", "norm2"},
    {"residual.6", "conv2"},
    {"shortcut", "conv_shortcut"},
};

void add_residual(std::vector<NameRule>& rules, const std::string& foreign, const std::string& own) {
    for (const NameRule& layer : residual_layers) {
        rules.push_back({foreign + "." + layer.foreign, own + "." + layer.own});
    }
}

/// What encoder and decoder have in common.
void add_ends(std::vector<NameRule>& rules, const std::string& part) {
    rules.push_back({part + ".conv1", part + ".conv_in"});
    add_residual(rules, part + ".middle.0", part + ".mid_block.resnets.0");
    rules.push_back({part + ".middle.1", part + ".mid_block.attentions.0"});
    add_residual(rules, part + ".middle.2", part + ".mid_block.resnets.1");
    rules.push_back({part + ".head.0", part + ".norm_out"});
    rules.push_back({part + ".head.2", part + ".conv_out"});
}

/// Wan 2.1: the layers of all levels in one row.
void add_row(std::vector<NameRule>& rules, const VaeConfig& config) {
    add_residual(rules, "encoder.downsamples.*", "encoder.down_blocks.*");
    rules.push_back({"encoder.downsamples.*", "encoder.down_blocks.*"});
    std::int64_t place = 0;
    for (std::size_t level = 0; level < config.levels(); ++level) {
        const std::string block = "decoder.up_blocks." + std::to_string(level);
        for (std::int64_t i = 0; i <= config.num_res_blocks; ++i) {
            add_residual(
                rules, "decoder.upsamples." + std::to_string(place++), block + ".resnets." + std::to_string(i)
            );
        }
        if (config.resamples(level)) {
            rules.push_back({"decoder.upsamples." + std::to_string(place++), block + ".upsamplers.0"});
        }
    }
}

/// Wan 2.2: each level a list of its own, what resamples at its end.
void add_levels(std::vector<NameRule>& rules, const VaeConfig& config) {
    add_residual(rules, "encoder.downsamples.*.downsamples.*", "encoder.down_blocks.*.resnets.*");
    add_residual(rules, "decoder.upsamples.*.upsamples.*", "decoder.up_blocks.*.resnets.*");
    const std::string last_down = std::to_string(config.num_res_blocks);
    const std::string last_up = std::to_string(config.num_res_blocks + 1);
    rules.push_back({"encoder.downsamples.*.downsamples." + last_down, "encoder.down_blocks.*.downsampler"});
    rules.push_back({"decoder.upsamples.*.upsamples." + last_up, "decoder.up_blocks.*.upsampler"});
}

/// A layer of the transformer. Wan counts the norms in another order: its third is the one before
/// cross-attention.
const std::vector<NameRule> block_layers{
    {"modulation", "scale_shift_table"},
    {"ffn.0", "ffn.net.0.proj"},
    {"ffn.2", "ffn.net.2"},
    {"norm2", "norm3"},
    {"norm3", "norm2"},
    {"cross_attn.k_img", "attn2.add_k_proj"},
    {"cross_attn.v_img", "attn2.add_v_proj"},
    {"cross_attn.norm_k_img", "attn2.norm_added_k"},
};

const std::vector<NameRule> attention_layers{
    {"q", "to_q"},
    {"k", "to_k"},
    {"v", "to_v"},
    {"o", "to_out.0"},
    {"norm_q", "norm_q"},
    {"norm_k", "norm_k"},
};

void add_block(std::vector<NameRule>& rules, const std::string& block) {
    for (const NameRule& layer : block_layers) {
        rules.push_back({block + layer.foreign, block + layer.own});
    }
    for (const NameRule& layer : attention_layers) {
        rules.push_back({block + "self_attn." + layer.foreign, block + "attn1." + layer.own});
        rules.push_back({block + "cross_attn." + layer.foreign, block + "attn2." + layer.own});
    }
}

} // namespace

WeightNames transformer_names() {
    std::vector<NameRule> rules{
        {"time_embedding.0", "condition_embedder.time_embedder.linear_1"},
        {"time_embedding.2", "condition_embedder.time_embedder.linear_2"},
        {"text_embedding.0", "condition_embedder.text_embedder.linear_1"},
        {"text_embedding.2", "condition_embedder.text_embedder.linear_2"},
        {"time_projection.1", "condition_embedder.time_proj"},
        {"img_emb.proj.0", "condition_embedder.image_embedder.norm1"},
        {"img_emb.proj.1", "condition_embedder.image_embedder.ff.net.0.proj"},
        {"img_emb.proj.3", "condition_embedder.image_embedder.ff.net.2"},
        {"img_emb.proj.4", "condition_embedder.image_embedder.norm2"},
        {"img_emb.emb_pos", "condition_embedder.image_embedder.pos_embed"},
        {"head.modulation", "scale_shift_table"},
        {"head.head", "proj_out"},
        {"vace_blocks.*.before_proj", "vace_blocks.*.proj_in"},
        {"vace_blocks.*.after_proj", "vace_blocks.*.proj_out"},
    };
    add_block(rules, "blocks.*.");
    add_block(rules, "vace_blocks.*.");
    return {
        .prefixes =
            {"model.diffusion_model.",
             "diffusion_model.",
             "generator_ema.model.",
             "generator_ema.",
             "generator.model.",
             "generator.",
             "model."},
        .maps = {{.marker = "blocks.*.self_attn.q", .rules = std::move(rules)}},
    };
}

WeightNames vae_names(const VaeConfig& config) {
    std::vector<NameRule> rules{{"conv1", "quant_conv"}, {"conv2", "post_quant_conv"}};
    add_ends(rules, "encoder");
    add_ends(rules, "decoder");
    if (config.is_residual) {
        add_levels(rules, config);
    } else {
        add_row(rules, config);
    }
    return {
        .prefixes = {"first_stage_model.", "vae."},
        .maps = {{.marker = "decoder.middle.0", .rules = std::move(rules)}},
    };
}

} // namespace rushes::wan
