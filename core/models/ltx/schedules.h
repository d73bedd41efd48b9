// The steps that the makers of LTX-Video recommend beside a scheduler's own, free of libtorch.
#pragma once

#include <array>

namespace rushes::ltx {

/// The schedule of the distilled checkpoints, by its name in recipes, and its steps.
inline constexpr const char* distilled_scheduler = "ltx-distilled";
inline constexpr int distilled_steps = 8;

/// Of the second pass of a distilled checkpoint; it begins with the first.
inline constexpr std::array refining_timesteps{909.0, 725.0, 421.0};

/// Steps of a second pass otherwise: of ten those in the last two fifths of the way (num_inference_steps 10
/// with a denoise_strength of 0.4).
inline constexpr int refining_steps = 4;

} // namespace rushes::ltx
