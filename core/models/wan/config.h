// What the config files of a Wan directory say, free of libtorch. Every number is read, none guessed from
// shapes. Keys and defaults as diffusers 0.42 writes and fills them (models/transformers/transformer_wan.py).
#pragma once

#include "base/json_config.h"
#include "models/clip_vision_config.h"
#include "schedulers/scheduler_config.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace rushes::wan {

struct TransformerConfig {
    std::int64_t patch_frames = 1; ///< latent frames of one token
    std::int64_t patch_height = 2; ///< latent rows of one token
    std::int64_t patch_width = 2;
    std::int64_t heads = 0;
    std::int64_t head_dim = 0;
    std::int64_t in_channels = 0;
    std::int64_t out_channels = 0;
    std::int64_t text_dim = 0;
    std::int64_t freq_dim = 0; ///< of the sinusoid of the timestep
    std::int64_t ffn_dim = 0;
    std::int64_t layers = 0;
    bool cross_attn_norm = true;
    double eps = 1e-6;
    std::int64_t rope_max_seq_len = 1024; ///< latent frames, token rows or columns with a rotary position
    std::int64_t image_dim = 0;           ///< of the states of an image encoder; 0: it takes none
    std::int64_t image_positions =
        0; ///< states that have positions of their own: two pictures'; 0: they have none
    /// VACE: blocks that a hint of the control branch follows, ascending from 0; the branch has a block for
    /// each. Empty: there is no branch.
    std::vector<std::int64_t> control_layers = {};
    std::int64_t control_channels = 0; ///< that the branch sees, behind the noise's

    std::int64_t dim() const { return heads * head_dim; }

    std::int64_t all_layers() const { return layers + static_cast<std::int64_t>(control_layers.size()); }
};

/// causal.json: how a model that makes its clip block by block is run (Self-Forcing and kin). Absent for the
/// others.
struct CausalConfig {
    enum class Rope {
        absolute, ///< keys are stored rotated by their latent frame's index in the clip
        relative, ///< keys are stored as they are; the frames present are numbered 0, 1, ... at each
                  ///< attention
    };
    enum class Solver {
        euler,   ///< x + (next sigma - sigma) * velocity
        renoise, ///< (1 - next sigma) * x0 + next sigma * fresh noise
    };

    std::int64_t frames_per_block = 1; ///< latent frames made at once
    std::int64_t local_attn_size = 0;  ///< latent frames seen, the block itself included
    std::int64_t sink_size = 0;        ///< first latent frames that never leave the cache
    Rope rope = Rope::absolute;
    Solver solver = Solver::renoise;
    std::vector<double> sigmas;  ///< falling, in (0, 1]; the end at 0 is not listed
    std::optional<double> shift; ///< of the sigmas for other counts of steps; without it there is only one
    double guidance_scale = 1.0; ///< the one it was distilled with
    double context_noise = 0.0;  ///< sigma of the clean block when its keys and values are written

    /// The sigmas of so many steps, and 0: the listed ones, or else those of FlowMatchEulerDiscreteScheduler,
    /// shift * t / (1 + (shift - 1) * t) at evenly spaced t from 1. Throws Error{user}.
    std::vector<double> sigmas_of(int steps) const;
};

/// How a picture reaches the transformer.
enum class PictureWay {
    none,
    first_frame, ///< the first latent frame is its, clean from the begin: timestep 0 there (Wan 2.2 TI2V), or
                 ///< in the cache of a causal model
    channels,    ///< beside the noise: a mask of the frames that are given, and their latents (Wan I2V)
    control,     ///< in a branch of its own, given or not: a masked clip (VACE)
};

/// The image encoder of Wan 2.1 I2V.
struct ImageEncoderConfig {
    ClipVisionConfig network;
    ClipPixels pixels;
};

/// model_index.json and all that it names but text encoder and VAE.
struct PipelineConfig {
    TransformerConfig transformer;
    std::optional<TransformerConfig> transformer_2; ///< for the low noise levels (Wan 2.2 A14B)
    double boundary_ratio = 0; ///< timesteps below boundary_ratio * num_train_timesteps go to transformer_2
    bool expand_timesteps = false; ///< a timestep for each token (Wan 2.2 TI2V-5B)
    SchedulerConfig scheduler;
    std::optional<CausalConfig> causal;
    PictureWay picture = PictureWay::none;
    bool needs_picture = false;                      ///< it was trained with one only
    bool distilled = false;                          ///< by DMD, to three steps (FastWan)
    std::optional<ImageEncoderConfig> image_encoder; ///< where pictures go through one as well

    /// VACE and Wan 2.2 I2V take a last picture where one is given; the image encoder of Wan 2.1 tells the
    /// transformer of a picture, or of two.
    bool takes_last_picture() const {
        return picture == PictureWay::control ||
               (picture == PictureWay::channels && (!image_encoder || needs_last_picture()));
    }

    bool needs_last_picture() const { return transformer.image_positions > 0; }
};

/// `config` is transformer/config.json. Throws Error{user}.
TransformerConfig read_transformer_config(const JsonConfig& config);

CausalConfig read_causal_config(const JsonConfig& config);

/// Checks the classes of all components that `index` (model_index.json) names. Throws Error{user}.
PipelineConfig read_pipeline_config(const std::filesystem::path& directory, const JsonConfig& index);

} // namespace rushes::wan
