#include "models/wan/picture_encoders.h"

#include "base/error.h"
#include "models/model_index.h"

#include <algorithm>
#include <functional>

#include <ATen/ATen.h>

namespace rushes::wan {

namespace {

using Progress = std::function<void(double)>;

constexpr std::size_t frames_for_control = 17; ///< about a second at their 16 a second; as many as one likes

/// Of a clip that is gone on from: a causal model's cache holds so many, a masked clip begins with some, the
/// others begin with its last one.
std::size_t looked_back_on(const PipelineConfig& config, const Lattice& lattice) {
    if (config.picture == PictureWay::control) {
        return frames_for_control;
    }
    if (!config.causal || lattice.frame_stride != 4) {
        return 1;
    }
    const std::int64_t latents = config.causal->local_attn_size - config.causal->frames_per_block;
    return static_cast<std::size_t>(lattice.frames(static_cast<int>(std::max<std::int64_t>(latents, 1))));
}

} // namespace

PictureEncoders::PictureEncoders(
    const ModelInfo& info,
    const PipelineConfig& config,
    ComponentLoading& loading,
    const std::stop_token& stop
)
    : config_(config), lattice_(info.lattice), frames_looked_back_on_(looked_back_on(config, info.lattice)) {
    if (config.picture == PictureWay::none) {
        return;
    }
    const bool stays = loading.options().residency == Residency::all;
    const at::Device vae_device = loading.unseen("vae", at::kFloat).device;
    const auto load_vae = [source = info.part("vae"),
                           vae_device](const Progress& progress, const std::stop_token& until) {
        return Vae::load(source, {vae_device, at::kFloat, progress, until}, VaeParts::encoder);
    };
    vae_.emplace(load_vae, stays, nullptr, stop);
    if (!config.image_encoder) {
        return;
    }
    const WeightOptions options =
        stays ? loading.weights("image_encoder", at::kFloat) : loading.unseen("image_encoder", at::kFloat);
    const auto load_encoder = [source = info.part("image_encoder"),
                               network = config.image_encoder->network,
                               device =
                                   options.device](const Progress& progress, const std::stop_token& until) {
        return load_clip_vision(source, network, {device, at::kFloat, progress, until});
    };
    image_encoder_.emplace(load_encoder, stays, options.progress, stop);
}

StartPictures PictureEncoders::pictures(const RunInputs& inputs) const {
    return start_pictures(inputs, frames_looked_back_on_);
}

at::Tensor PictureEncoders::states(
    const StartPictures& pictures, const std::stop_token& stop, const ShareDone& done
) const {
    if (!image_encoder_ || pictures.empty()) {
        return {};
    }
    const auto& [network, pixels] = *config_.image_encoder;
    const auto with = [&](const ClipVision& encoder) {
        std::vector<at::Tensor> states{
            encoder.forward(clip_pixels(*pictures.first.back(), network, pixels), stop)
        };
        if (pictures.last) {
            states.push_back(encoder.forward(clip_pixels(*pictures.last, network, pixels), stop));
        }
        return at::cat(states, 1);
    };
    return image_encoder_->with(with, done, stop);
}

PictureCondition PictureEncoders::condition(
    const Conditions& conditions,
    const Pass& pass,
    at::Device to,
    const std::stop_token& stop,
    const ShareDone& done
) const {
    const StartPictures& given = conditions.pictures;
    if ((config_.needs_picture && given.empty()) || (config_.needs_last_picture() && !given.last)) {
        throw Error(ErrorKind::bug, "A clip was asked for without the pictures that the model needs.");
    }
    const bool control = config_.picture == PictureWay::control;
    if ((given.empty() && !control) || !vae_) {
        return {};
    }
    const bool beside = control || config_.picture == PictureWay::channels;
    const auto with = [&](const PictureVae& vae) {
        const PictureSetting setting{vae->options().device(), pass.width, pass.height};
        if (config_.picture == PictureWay::channels) {
            return picture_channels(*vae->encoder(), given, pass.frames, setting, stop, done);
        }
        // The clip goes on from them: one latent frame at least is made.
        std::vector<FramePtr> frames = given.first;
        const auto most = static_cast<std::size_t>(lattice_.frames(lattice_.latent_frames(pass.frames) - 1));
        const std::size_t kept = std::min(frames.size(), most);
        frames.erase(frames.begin(), frames.end() - static_cast<std::ptrdiff_t>(kept));
        if (control) {
            const auto new_encoder = [&] { return vae->encoder(); };
            return control_channels(new_encoder, {frames, given.last}, pass.frames, setting, stop, done);
        }
        return frames.empty() ? at::Tensor() : first_latents(*vae->encoder(), frames, setting, stop, done);
    };
    const at::Tensor latents = vae_->with(with, nullptr, stop);
    PictureCondition result{.first = {}, .channels = {}, .states = conditions.image_states};
    if (latents.defined()) {
        (beside ? result.channels : result.first) = latents.to(to);
    }
    return result;
}

} // namespace rushes::wan
