// How students that were distilled to a few steps are sampled: by lists of noise levels that they were
// trained on. No libtorch here.
#pragma once

#include <span>
#include <string_view>

namespace rushes {

// Note [three kinds of few steps]
// "dmd": the estimate of x0 with fresh noise of the next level (FastVideo, DmdDenoisingStage). The usual
// three timesteps are 1000, 757 and 522; other counts lie evenly on the shifted grid. "rcm": the same from
// levels sigma = tan(t) / (1 + tan(t)) at t = atan(80), 1.5, 1.4, 1 (rCM, TurboDiffusion); the first sample
// is noise times the first level. "distilled": Euler's steps from evenly spaced levels with a shift of 5 (the
// step distillation of lightx2v, its LoRAs too).
struct FewSteps {
    std::string_view name; ///< of the scheduler, in recipes
    int steps = 0;         ///< usual
    int most = 0;
};

std::span<const FewSteps> few_step_kinds();

/// Null for another name.
const FewSteps* few_steps_named(std::string_view name);

} // namespace rushes
