// The UNet of Stable Diffusion 1.x, 2.x and XL, and the same with motion modules
// (UNet2DConditionModel and UNetMotionModel of diffusers 0.42). Features are [sides * frames, height, width,
// channels] all the way, so that neither convolutions nor attention over pixels or frames moves a number.
#pragma once

#include "models/unet/motion_module.h"
#include "models/unet/resnet_block.h"
#include "models/unet/transformer.h"
#include "models/unet/unet_config.h"
#include "nn/conv2d.h"
#include "nn/group_norm.h"
#include "nn/work_unit.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

/// A text as a UNet uses it in every step.
struct TextContext {
    std::vector<TextKeys> keys; ///< of each transformer block, in their order
    at::Tensor added;           ///< UNet::added(), where the config has it

    bool empty() const { return keys.empty(); }
};

/// What SDXL's UNet is told of the picture: height and width of the original, rows and columns cut off above
/// and to the left, height and width of what is seen.
using PictureSizes = std::array<float, 6>;

class UNet {
public:
    /// The root scope of a unet directory. The motion modules come from `motion`, which may be the same scope
    /// (a UNetMotionModel saved whole) or that of an adapter; it is not looked at where the config has none.
    UNet(const Weights& weights, const Weights& motion, const UNetConfig& config);

    const UNetConfig& config() const { return config_; }

    at::TensorOptions options() const { return conv_in_options_; }

    /// text [sides, tokens, text_dim]: once for all steps.
    TextContext text_context(const at::Tensor& text, const std::stop_token& stop = {}) const;

    /// pooled [1, pooled_dim] -> [1, time]: joins the time of every step. One text at a time, as each has
    /// its own.
    at::Tensor added(const at::Tensor& pooled, const PictureSizes& sizes) const;

    struct Input {
        at::Tensor latents; ///< [sides, in_channels, frames, h, w]; h and w multiples of config().stride()
        double timestep = 0;
        double motion_scale = 1; ///< see MotionRun
        std::int64_t window = 0; ///< frames that the motion modules see at once; 0: all
        double guidance = 1;     ///< what a model that is told of it is told
    };

    /// What the model predicts: [sides, out_channels, frames, h, w]. Tells of each block. Throws Stopped
    /// before each work unit.
    at::Tensor forward(
        const Input& input,
        const TextContext& text,
        const std::stop_token& stop = {},
        const ShareDone& done = {}
    ) const;

private:
    /// A resnet with what follows it.
    struct Layer {
        ResnetBlock resnet;
        std::optional<SpatialTransformer> attention;
        std::optional<MotionModule> motion;
    };

    struct DownBlock {
        std::vector<Layer> layers;
        std::optional<Conv2d> downsampler;
    };

    struct UpBlock {
        std::vector<Layer> layers;
        std::optional<UpsampleConv> upsampler;
    };

    struct Pass; ///< what all layers of one forward share

    Layer read_layer(
        const Weights& weights,
        const Weights& motion,
        std::int64_t number,
        std::size_t block, ///< index of the down block of its width
        std::int64_t in,
        bool attention
    ) const;
    void read_down(const Weights& weights, const Weights& motion);
    void read_mid(const Weights& weights, const Weights& motion);
    void read_up(const Weights& weights, const Weights& motion);
    ResnetShape resnet_shape(std::int64_t in, std::int64_t out) const;
    SpatialTransformer read_attention(const Weights& weights, std::size_t block) const;
    std::optional<MotionModule> read_motion(const Weights& weights, std::size_t block) const;

    at::Tensor time_embedding(double timestep, double guidance) const;
    static at::Tensor run(const Layer& layer, const at::Tensor& x, Pass& pass);

    UNetConfig config_;
    at::TensorOptions conv_in_options_;
    Conv2d conv_in_;
    Linear time_linear_1_, time_linear_2_;
    std::optional<Linear> guidance_projection_;
    std::optional<Linear> added_linear_1_, added_linear_2_;
    std::vector<DownBlock> down_;
    std::optional<ResnetBlock> mid_first_, mid_last_;
    std::optional<SpatialTransformer> mid_attention_;
    std::optional<MotionModule> mid_motion_;
    std::vector<UpBlock> up_;
    GroupNorm norm_out_;
    Conv2d conv_out_;
};

} // namespace rushes
