#include "models/animatediff/denoising.h"

#include <ATen/ATen.h>

namespace rushes::animatediff {

namespace {

/// Up to this many positions of latents both prompts go through the UNet side by side. Beyond, that would
/// only take twice the memory.
constexpr std::int64_t most_side_by_side = 4096;

StepRequest steps_of(const Pass& pass) {
    StepRequest request;
    request.steps = pass.steps;
    return request;
}

} // namespace

AnimateDiffDenoising::AnimateDiffDenoising(
    const UNet& unet,
    const SchedulerConfig& scheduler,
    const Pass& pass,
    const LatentShape& shape,
    const TextEmbeddings& text,
    const std::stop_token& stop
)
    : FullSequence(
          shape, pass, scheduler_by_name(scheduler, pass.scheduler), steps_of(pass), unet.options().device()
      ),
      unet_(unet),
      side_by_side_(shape.frames * shape.height * shape.width <= most_side_by_side) {
    if (!pass.guided()) {
        prompt_ = unet.text_context(text.prompt, stop);
    } else if (side_by_side_) {
        both_ = unet.text_context(at::cat({text.prompt, text.negative}), stop);
    } else {
        prompt_ = unet.text_context(text.prompt, stop);
        negative_ = unet.text_context(text.negative, stop);
    }
}

at::Tensor AnimateDiffDenoising::predict(
    const at::Tensor& latents,
    const Timestep& timestep,
    Sides sides,
    const std::stop_token& stop,
    const ShareDone& done
) const {
    if (sides == Sides::all && !both_.empty()) {
        return unet_.forward({latents.expand({2, -1, -1, -1, -1}), timestep.value}, both_, stop, done);
    }
    return unet_.forward(
        {latents, timestep.value}, sides == Sides::negative ? negative_ : prompt_, stop, done
    );
}

} // namespace rushes::animatediff
