#include "models/clip_vision_names.h"

#include <vector>

namespace rushes {

WeightNames clip_vision_names() {
    const std::string layer = "vision_model.encoder.layers.*.";
    NameMap authors{
        .marker = "transformer.*.attn.to_qkv",
        .rules =
            {
                {"patch_embedding", "vision_model.embeddings.patch_embedding"},
                {"cls_embedding", "vision_model.embeddings.cls_embedding"},
                {"pos_embedding", "vision_model.embeddings.pos_embedding"},
                {"pre_norm", "vision_model.pre_layrnorm"},
                {"transformer.*.norm1", layer + "layer_norm1"},
                {"transformer.*.norm2", layer + "layer_norm2"},
                {"transformer.*.attn.to_qkv", layer + "self_attn.qkv_proj"},
                {"transformer.*.attn.proj", layer + "self_attn.out_proj"},
                {"transformer.*.mlp.0", layer + "mlp.fc1"},
                {"transformer.*.mlp.2", layer + "mlp.fc2"},
                {"post_norm", "vision_model.post_layernorm"},
                {"head", "visual_projection"},
            }
    };
    NameMap open_clip{
        .marker = "transformer.resblocks.*.ln_1",
        .rules =
            {
                {"conv1", "vision_model.embeddings.patch_embedding"},
                {"class_embedding", "vision_model.embeddings.class_embedding"},
                {"positional_embedding", "vision_model.embeddings.position_embedding.weight"},
                {"ln_pre", "vision_model.pre_layrnorm"},
                {"transformer.resblocks.*.ln_1", layer + "layer_norm1"},
                {"transformer.resblocks.*.ln_2", layer + "layer_norm2"},
                {"transformer.resblocks.*.attn.in_proj_weight", layer + "self_attn.qkv_proj.weight"},
                {"transformer.resblocks.*.attn.in_proj_bias", layer + "self_attn.qkv_proj.bias"},
                {"transformer.resblocks.*.attn.out_proj", layer + "self_attn.out_proj"},
                {"transformer.resblocks.*.mlp.c_fc", layer + "mlp.fc1"},
                {"transformer.resblocks.*.mlp.c_proj", layer + "mlp.fc2"},
                {"ln_post", "vision_model.post_layernorm"},
                {"proj", "visual_projection"},
            }
    };
    return {.prefixes = {"visual."}, .maps = {std::move(authors), std::move(open_clip)}};
}

void spread_clip_vision(std::map<std::string, std::int64_t>& numbers) {
    const std::string embeddings = "vision_model.embeddings.";
    const std::string fused = "qkv_proj";
    std::map<std::string, std::int64_t> spread;
    for (const auto& [name, count] : numbers) {
        const std::size_t place = name.find(fused);
        if (name == embeddings + "cls_embedding") {
            spread[embeddings + "class_embedding"] = count;
        } else if (name == embeddings + "pos_embedding") {
            spread[embeddings + "position_embedding.weight"] = count;
        } else if (place != std::string::npos) {
            for (const char* const part : {"q_proj", "k_proj", "v_proj"}) {
                spread[std::string(name).replace(place, fused.size(), part)] = count / 3;
            }
        }
    }
    numbers.merge(spread);
}

} // namespace rushes
