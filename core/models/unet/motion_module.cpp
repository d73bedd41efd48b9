#include "models/unet/motion_module.h"

#include "base/error.h"
#include "nn/attention.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {

namespace {

constexpr double layer_norm_eps = 1e-5;
constexpr double group_norm_eps = 1e-6;
constexpr std::int64_t widening = 4;

/// Interleaved sines and cosines (Vaswani et al., arXiv 1706.03762): [max_frames, channels].
at::Tensor sinusoids(std::int64_t max_frames, std::int64_t channels) {
    const at::Tensor position = at::arange(max_frames, at::kFloat).unsqueeze(1);
    const at::Tensor rates = at::exp(
        at::arange(0, channels, 2, at::kFloat) * (-std::log(10000.0) / static_cast<double>(channels))
    );
    const at::Tensor angles = position * rates;
    return at::stack({angles.sin(), angles.cos()}, 2).flatten(1).narrow(1, 0, channels);
}

/// As the file holds them; some leave them out, since they follow from the sizes.
at::Tensor read_positions(const Weights& weights, const MotionModule::Shape& shape) {
    const Weights embedding = weights["pos_embed"];
    const at::Tensor table =
        embedding.has("pe")
            ? embedding.tensor("pe", {1, shape.max_frames, shape.channels}).squeeze(0)
            : sinusoids(shape.max_frames, shape.channels).to(weights.device(), weights.dtype());
    return table.unsqueeze(1);
}

struct MotionWindow {
    std::int64_t first = 0;
    std::int64_t counts_from = 0; ///< its frames before this one are those of others
};

std::vector<MotionWindow> windows_of(std::int64_t frames, std::int64_t window) {
    std::vector<MotionWindow> windows;
    for (std::int64_t first = 0; first + window <= frames; first += window_stride) {
        windows.push_back({first, first});
    }
    const std::int64_t reached = windows.back().first + window;
    if (reached < frames) {
        windows.push_back({frames - window, reached});
    }
    return windows;
}

/// 1, 2, 3 ... 3, 2, 1: [window, 1, 1].
at::Tensor pyramid(std::int64_t window, const at::TensorOptions& options) {
    const at::Tensor rise = at::arange(1, window + 1, options);
    return at::minimum(rise, rise.flip(0)).view({-1, 1, 1});
}

} // namespace

MotionModule::MotionModule(const Weights& weights, const Shape& shape)
    : norm(weights["norm"], shape.channels, shape.groups, group_norm_eps),
      proj_in(weights["proj_in"], shape.channels, shape.channels),
      norm1(weights["transformer_blocks"][0]["norm1"], shape.channels, layer_norm_eps),
      norm2(weights["transformer_blocks"][0]["norm2"], shape.channels, layer_norm_eps),
      norm3(weights["transformer_blocks"][0]["norm3"], shape.channels, layer_norm_eps),
      attn1(weights["transformer_blocks"][0]["attn1"], shape.channels, shape.channels, shape.heads),
      attn2(weights["transformer_blocks"][0]["attn2"], shape.channels, shape.channels, shape.heads),
      ff(weights["transformer_blocks"][0]["ff"], shape.channels, widening * shape.channels),
      proj_out(weights["proj_out"], shape.channels, shape.channels),
      positions(read_positions(weights["transformer_blocks"][0], shape)) {}

/// normed [frames, pixels, channels]: every pixel is a sequence, without copies.
at::Tensor MotionModule::attended(
    const AttentionLayer& attention, const at::Tensor& normed, const std::stop_token& stop
) const {
    const at::Tensor placed = normed + positions.narrow(0, 0, normed.size(0));
    const auto of = [&](const Linear& to) {
        return attention.split(to.forward(placed, stop)).transpose(0, 1); // [pixels, frames, heads, head_dim]
    };
    const at::Tensor seen =
        attend(of(attention.to_q), of(attention.to_k), of(attention.to_v), {}, stop).transpose(0, 1);
    return attention.to_out.forward(seen.contiguous(), stop);
}

/// Both attentions: h [frames, pixels, channels], changed in place.
at::Tensor MotionModule::related(at::Tensor h, const std::stop_token& stop) const {
    h.add_(attended(attn1, norm1.forward(h), stop));
    h.add_(attended(attn2, norm2.forward(h), stop));
    return h;
}

at::Tensor MotionModule::related_by_windows(
    const at::Tensor& h, std::int64_t window, const std::stop_token& stop
) const {
    const std::int64_t frames = h.size(0);
    at::Tensor sum = at::zeros_like(h);
    at::Tensor weight = at::zeros({frames, 1, 1}, h.options());
    const at::Tensor ramp = pyramid(window, h.options());
    for (const MotionWindow& w : windows_of(frames, window)) {
        const at::Tensor seen = related(h.narrow(0, w.first, window).clone(), stop);
        const std::int64_t skipped = w.counts_from - w.first;
        const std::int64_t count = window - skipped;
        const at::Tensor counts = ramp.narrow(0, skipped, count);
        sum.narrow(0, w.counts_from, count).add_(seen.narrow(0, skipped, count) * counts);
        weight.narrow(0, w.counts_from, count).add_(counts);
    }
    return sum.div_(weight);
}

at::Tensor
MotionModule::forward(const at::Tensor& x, const MotionRun& run, const std::stop_token& stop) const {
    const bool windows = run.window > 0 && run.window < run.frames;
    const std::int64_t at_once = windows ? run.window : run.frames;
    if (at_once > positions.size(0)) {
        throw Error(
            ErrorKind::user,
            "This motion module knows clips of up to " + std::to_string(positions.size(0)) + " frames, not " +
                std::to_string(at_once) + ".",
            "Make a shorter clip.",
            Lever::smaller_clip
        );
    }
    const at::Tensor normed = norm.forward(x, {.frames = run.frames}, stop).flatten(1, 2);
    std::vector<at::Tensor> clips;
    for (std::int64_t first = 0; first < x.size(0); first += run.frames) {
        at::Tensor h = proj_in.forward(normed.narrow(0, first, run.frames), stop);
        h = windows ? related_by_windows(h, run.window, stop) : related(std::move(h), stop);
        h.add_(ff.forward(norm3.forward(h), stop));
        clips.push_back(proj_out.forward(h, stop));
    }
    at::Tensor change = clips.size() == 1 ? clips.front() : at::cat(clips);
    if (run.scale != 1) {
        change.mul_(run.scale);
    }
    return change.view(x.sizes()).add_(x);
}

} // namespace rushes
