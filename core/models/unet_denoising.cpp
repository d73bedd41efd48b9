#include "models/unet_denoising.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace rushes {

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

UNetDenoising::UNetDenoising(
    const UNet& unet,
    const SchedulerConfig& scheduler,
    std::int64_t window,
    const Pass& pass,
    const LatentShape& shape,
    const TextEmbeddings& text,
    const std::stop_token& stop
)
    : FullSequence(
          shape, pass, scheduler_by_name(scheduler, pass.scheduler), steps_of(pass), unet.options().device()
      ),
      unet_(unet),
      window_(window),
      motion_scale_(pass.motion_scale),
      side_by_side_(shape.frames * shape.height * shape.width <= most_side_by_side),
      guided_(pass.guided()) {
    read_text(text, stop);
}

void UNetDenoising::read_text(const TextEmbeddings& text, const std::stop_token& stop) {
    if (!guided_) {
        prompt_ = unet_.text_context(text.prompt, stop);
    } else if (side_by_side_) {
        both_ = unet_.text_context(at::cat({text.prompt, text.negative}), stop);
    } else {
        prompt_ = unet_.text_context(text.prompt, stop);
        negative_ = unet_.text_context(text.negative, stop);
    }
}

void UNetDenoising::change_conditioning(const Conditioning& conditioning, std::stop_token stop) {
    read_text(std::any_cast<const TextEmbeddings&>(conditioning), stop);
}

at::Tensor UNetDenoising::predict(
    const at::Tensor& latents,
    const Timestep& timestep,
    Sides sides,
    const std::stop_token& stop,
    const ShareDone& done
) const {
    UNet::Input input{latents, timestep.value, motion_scale_, window_};
    if (sides == Sides::all && !both_.empty()) {
        input.latents = latents.expand({2, -1, -1, -1, -1});
        return unet_.forward(input, both_, stop, done);
    }
    return unet_.forward(input, sides == Sides::negative ? negative_ : prompt_, stop, done);
}

at::Tensor UNetDenoising::noise(const LatentShape& shape, at::Generator& generator) const {
    at::Tensor noise = draw_noise(shape, shape.frames, generator);
    if (window_ == 0) {
        return noise;
    }
    for (std::int64_t first = window_; first < shape.frames; first += window_stride) {
        const std::int64_t count = std::min(window_stride, shape.frames - first);
        const at::Tensor order = at::randperm(window_stride, generator, at::kLong);
        noise.narrow(2, first, count)
            .copy_(noise.index_select(2, order.narrow(0, 0, count) + (first - window_)));
    }
    return noise;
}

} // namespace rushes
