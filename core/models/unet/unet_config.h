// unet/config.json of the Stable Diffusion family, with and without motion modules, free of libtorch
// (UNet2DConditionModel, UNetMotionModel and MotionAdapter of diffusers 0.42).
#pragma once

#include "base/json_config.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace rushes {

/// The motion modules between the blocks of a UNet.
struct MotionConfig {
    std::vector<std::int64_t> block_channels; ///< of the UNet that it belongs to
    std::int64_t layers_per_block = 2;        ///< modules of a down block; an up block has one more
    std::vector<std::int64_t> heads;          ///< of each down block
    std::int64_t norm_groups = 32;
    std::int64_t max_frames = 32; ///< positions that it knows
    bool mid_block = true;        ///< v2: one in the middle as well
};

/// What SDXL's UNet is told beside the text: the pooled text and six sizes of the picture.
struct AddedConfig {
    std::int64_t size_dim = 256;    ///< of a size's sinusoid
    std::int64_t pooled_dim = 1280; ///< of the pooled text

    std::int64_t width() const { return pooled_dim + 6 * size_dim; }
};

struct UNetConfig {
    std::int64_t in_channels = 4;
    std::int64_t out_channels = 4;
    std::vector<std::int64_t> block_channels; ///< of each down block
    std::vector<bool> down_attention;         ///< whether its blocks look at the text
    std::vector<bool> up_attention;           ///< in the order of the up blocks, the smallest picture first
    std::vector<std::int64_t> heads;          ///< of each down block
    std::vector<std::int64_t>
        transformer_layers;            ///< of each down block's attention; the middle has the last's
    std::int64_t layers_per_block = 2; ///< resnets of a down block; an up block has one more
    std::int64_t text_dim = 768;       ///< width of the text's states
    std::int64_t norm_groups = 32;
    double norm_eps = 1e-5;
    bool linear_projection = false; ///< proj_in and proj_out are linear layers (2.x), else 1x1 convolutions
    std::optional<AddedConfig> added;
    std::int64_t guidance_dim = 0; ///< of a consistency model that is told the guidance; 0: it is not
    std::optional<MotionConfig> motion;

    std::size_t blocks() const { return block_channels.size(); }

    /// Latent height and width are multiples of it.
    std::int64_t stride() const { return std::int64_t{1} << (blocks() - 1); }
};

/// A UNet2DConditionModel or UNetMotionModel. Throws Error{user}: another class, a setting that is not
/// supported. What it is told beside the text, and inpainting by more channels, is up to the caller.
UNetConfig read_unet_config(const JsonConfig& config);

/// Throws Error{user} where the UNet wants more than the text, as that of SDXL does.
void require_text_alone(const JsonConfig& config, const UNetConfig& unet);

/// A MotionAdapter's config.json. Throws Error{user}.
MotionConfig read_motion_adapter_config(const JsonConfig& config);

/// The UNet with the adapter in it. Throws Error{user} when they do not belong together (SDXL's adapter ...).
UNetConfig with_motion(UNetConfig unet, const MotionConfig& adapter);

} // namespace rushes
