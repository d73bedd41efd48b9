#include "models/unet_denoising.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace rushes {

namespace {

/// Up to this many positions of latents both prompts go through the UNet side by side. Beyond, that would
/// only take twice the memory.
constexpr std::int64_t most_side_by_side = 4096;

/// As the loop that all families share sees it: one forward a step for a UNet that is told the guidance.
Pass with_guidance_of(const UNet& unet, Pass pass) {
    if (unet.config().guidance_dim > 0) {
        pass.guidance_scale = 1;
    }
    return pass;
}

PictureSizes sizes_of(const Pass& pass) {
    const auto height = static_cast<float>(pass.height);
    const auto width = static_cast<float>(pass.width);
    return {height, width, 0, 0, height, width};
}

StepRequest steps_of(const Pass& pass) {
    StepRequest request;
    request.steps = pass.steps;
    return request;
}

} // namespace

UNetDenoising::UNetDenoising(
    const UNet& unet,
    const SchedulerConfig& solver,
    std::int64_t window,
    const Pass& pass,
    const LatentShape& shape,
    const TextEmbeddings& text,
    const std::stop_token& stop
)
    : FullSequence(shape, with_guidance_of(unet, pass), solver, steps_of(pass), unet.options().device()),
      unet_(unet),
      window_(window),
      motion_scale_(pass.motion_scale),
      sizes_(sizes_of(pass)),
      told_guidance_(unet.config().guidance_dim > 0),
      guidance_(pass.guidance_scale),
      // What joins the time is each prompt's own.
      side_by_side_(!unet.config().added && shape.frames * shape.height * shape.width <= most_side_by_side),
      guided_(pass.guided() && !told_guidance_) {
    read_text(text, stop);
}

TextContext UNetDenoising::context_of(
    const at::Tensor& text, const at::Tensor& pooled, const std::stop_token& stop
) const {
    TextContext context = unet_.text_context(text, stop);
    if (unet_.config().added) {
        context.added = unet_.added(pooled, sizes_);
    }
    return context;
}

void UNetDenoising::read_text(const TextEmbeddings& text, const std::stop_token& stop) {
    if (!guided_) {
        prompt_ = context_of(text.prompt, text.pooled_prompt, stop);
    } else if (side_by_side_) {
        both_ = unet_.text_context(at::cat({text.prompt, text.negative}), stop);
    } else {
        prompt_ = context_of(text.prompt, text.pooled_prompt, stop);
        negative_ = context_of(text.negative, text.pooled_negative, stop);
    }
}

void UNetDenoising::change_conditioning(const Conditioning& conditioning, std::stop_token stop) {
    read_text(std::any_cast<const TextEmbeddings&>(conditioning), stop);
}

void UNetDenoising::change_guidance(double scale) {
    guidance_ = scale;
    if (!told_guidance_) {
        FullSequence::change_guidance(scale);
    }
}

at::Tensor UNetDenoising::predict(
    const at::Tensor& latents,
    const Timestep& timestep,
    Sides sides,
    const std::stop_token& stop,
    const ShareDone& done
) const {
    UNet::Input input{latents, timestep.value, motion_scale_, window_, guidance_};
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
