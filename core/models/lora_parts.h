// What a LoRA of the Stable Diffusion family says of itself by the names and shapes in its header, and by its
// metadata. No libtorch here.
#pragma once

#include "models/unet/unet_config.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rushes {

struct LoraParts {
    bool unet = false;
    bool motion = false;       ///< motion modules: how things move
    bool text = false;         ///< the first text encoder
    bool text_2 = false;       ///< SDXL's second
    std::int64_t text_dim = 0; ///< width of the text's states that it was made for; 0: it does not say
    std::vector<std::string> trigger_words; ///< that it was trained with, the most frequent first
};

/// Reads the header only. Throws Error{user} for an unsound file.
LoraParts read_lora_parts(const std::filesystem::path& file);

/// Throws Error{user} for a LoRA whose base has another text encoder than this UNet's.
void check_lora_base(const std::filesystem::path& file, const LoraParts& lora, const UNetConfig& unet);

/// "Stable Diffusion 1.5", "SDXL": the base whose UNet takes text of this width.
std::string base_by_text(std::int64_t text_dim);

} // namespace rushes
