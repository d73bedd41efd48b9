// A LoRA file as differences to a component's weights (Hu et al., "LoRA", arXiv 2106.09685).
#pragma once

#include "nn/weights/stored_weight.h"
#include "nn/weights/weight_index.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rushes {

/// One LoRA to be used, as often as wished with another strength.
struct LoraUse {
    std::filesystem::path file;
    double strength = 1; ///< 0: as if it were not there
};

// Note [names in LoRA files]
// A layer is called as diffusers does ("transformer.blocks.0.attn1.to_q"), as the original code does
// ("diffusion_model.blocks.0.self_attn.q"), or either with underscores for dots (Kohya's trainer:
// "lora_unet_blocks_0_self_attn_q"). Without their prefixes and with underscores for dots all of them are one
// text, and so are the names that the component's weights have in any layout: that text is what is compared.
//
// Older files of diffusers say "attn1.processor.to_q_lora" for "attn1.to_q".
//
// What stands behind the layer's name: lora_A | lora_down .weight [rank, in], lora_B | lora_up .weight [out,
// rank], alpha (the product counts alpha / rank; 1 without it), diff and diff_b (differences to weight and
// bias themselves).
class LoraWeights {
public:
    /// Reads the header and checks it against the weights that `component` has. Throws Error{user}: an
    /// unsound file, shapes of another model, a kind that is not supported, or nothing in it that belongs to
    /// this component.
    LoraWeights(const std::filesystem::path& file, const WeightIndex& component, const WeightNames& names);

    /// By the weight's own name; null: this LoRA leaves it alone. Strength 1; on the CPU, as views of the
    /// file.
    const WeightDelta* find(const std::string& name) const;

    std::size_t count() const { return deltas_.size(); } ///< weights it changes

    const std::vector<std::string>& unmatched() const { return unmatched_; } ///< layers that are not here

private:
    std::map<std::string, WeightDelta> deltas_;
    std::vector<std::string> unmatched_;
};

} // namespace rushes
