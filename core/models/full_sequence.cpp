#include "models/full_sequence.h"

#include "base/error.h"
#include "nn/transfer.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes {

LatentShape
latent_shape(const Pass& pass, const Lattice& lattice, std::int64_t channels, std::int64_t pixel_stride) {
    require_on_lattice(pass, lattice);
    return {
        channels, lattice.latent_frames(pass.frames), pass.height / pixel_stride, pass.width / pixel_stride
    };
}

at::Tensor draw_noise(const LatentShape& shape, std::int64_t frames, at::Generator& generator) {
    return at::randn({1, shape.channels, frames, shape.height, shape.width}, generator, at::kFloat);
}

at::Tensor timesteps_on(at::Device device, const std::vector<float>& timesteps) {
    return sent_to(at::tensor(timesteps, at::kFloat).unsqueeze(1), device);
}

ShareDone paced(LaunchPace& pace, const ShareDone& done) {
    return [&pace, &done](double share) {
        pace.launched();
        if (done) {
            done(share);
        }
    };
}

at::Tensor guided(const at::Tensor& sides, double scale) {
    if (sides.size(0) == 1) {
        return sides;
    }
    const at::Tensor prompt = sides.narrow(0, 0, 1);
    const at::Tensor negative = sides.narrow(0, 1, 1);
    return negative + (prompt - negative) * scale;
}

FullSequence::FullSequence(
    const LatentShape& shape,
    const Pass& pass,
    const SchedulerConfig& solver,
    const StepRequest& request,
    at::Device device
)
    : shape_(shape),
      guidance_scale_(pass.guidance_scale),
      device_(device),
      noise_(at::make_generator<at::CPUGeneratorImpl>(pass.seed)),
      scheduler_(make_scheduler(solver, request, noise_)),
      timesteps_(timesteps_on(device, scheduler_->timesteps())),
      pace_(device) {}

void FullSequence::begin_block(int /*block*/) {
    latents_ = sent_to(noise(shape_, noise_), device_);
    if (const double sigma = scheduler_->init_noise_sigma(); sigma != 1) {
        latents_ = latents_ * sigma;
    }
}

at::Tensor
FullSequence::model_output(const Timestep& timestep, const std::stop_token& stop, const ShareDone& done) {
    const at::Tensor input = scheduler_->scale_model_input(latents_);
    if (guidance_scale_ <= 1 || side_by_side()) {
        return guided(predict(input, timestep, Sides::all, stop, paced(pace_, done)), guidance_scale_);
    }
    const auto half = [&](Sides side, double before) {
        const ShareDone half_done = [&](double share) {
            if (done) {
                done((before + share) / 2);
            }
        };
        return predict(input, timestep, side, stop, paced(pace_, half_done));
    };
    const at::Tensor prompt = half(Sides::prompt, 0);
    return guided(at::cat({prompt, half(Sides::negative, 1)}), guidance_scale_);
}

void FullSequence::step(int /*block*/, int step, std::stop_token stop, const ShareDone& done) {
    const float timestep = scheduler_->timesteps().at(static_cast<std::size_t>(step));
    latents_ = begun(latents_, timestep, noise_);
    const at::Tensor output = model_output({timestep, timesteps_[step]}, stop, done);
    auto [prev_sample, x0] = scheduler_->step(output, latents_);
    x0_ = kept(x0.to(at::kFloat), latents_);
    latents_ = kept(prev_sample.to(at::kFloat), latents_);
}

at::Tensor FullSequence::noise(const LatentShape& shape, at::Generator& generator) const {
    return draw_noise(shape, shape.frames, generator);
}

Denoising::State FullSequence::state() const {
    State state{{"latents", latents_}, {"x0", x0_}, {"noise", noise_.get_state()}};
    const std::vector<at::Tensor> memory = scheduler_->memory();
    for (std::size_t i = 0; i < memory.size(); ++i) {
        state["solver." + std::to_string(i)] = memory[i];
    }
    return state;
}

void FullSequence::go_on(int steps, const State& state) {
    const auto of = [&](const std::string& name, const at::Tensor& like) {
        const auto found = state.find(name);
        if (found == state.end() || found->second.sizes() != like.sizes()) {
            throw Error(ErrorKind::user, "The checkpoint lacks '" + name + "' of this run.");
        }
        return found->second;
    };
    const at::Tensor latents = of("latents", latents_);
    const at::Tensor x0 = of("x0", latents_);
    const at::Tensor noise = of("noise", noise_.get_state());
    std::vector<at::Tensor> memory;
    for (std::string name = "solver.0"; state.contains(name);
         name = "solver." + std::to_string(memory.size())) {
        memory.push_back(sent_to(of(name, latents_), device_));
    }
    scheduler_->go_on(static_cast<std::size_t>(steps), std::move(memory));
    noise_.set_state(noise);
    latents_ = sent_to(latents, device_);
    x0_ = sent_to(x0, device_);
}

void FullSequence::take_block(const at::Tensor& latents) {
    if (latents.sizes() != latents_.sizes()) {
        throw Error(ErrorKind::user, "The checkpoint is of a clip of another shape.");
    }
    latents_ = x0_ = latents.to(device_);
}

at::Tensor FullSequence::finish_block(int /*block*/, std::stop_token /*stop*/) {
    return latents_;
}

} // namespace rushes
