#include "models/wan/denoising.h"

#include "base/error.h"
#include "nn/transfer.h"
#include "schedulers/few_steps.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes::wan {

namespace {

/// Up to this many tokens the prompt and the negative prompt go through the transformer side by side:
/// products with twice the rows waste less. Beyond, they would only take twice the memory.
constexpr std::int64_t most_tokens_side_by_side = 2048;

/// What the transformer attends to: the prompt, and the negative prompt where the pass is guided.
TextContext text_context(
    const Transformer& transformer,
    const TextEmbeddings& text,
    bool guided,
    const std::stop_token& stop,
    const at::Tensor& image = {}
) {
    if (!guided) {
        return transformer.text_context(text.prompt, stop, image);
    }
    const std::int64_t tokens = std::max(text.prompt.size(1), text.negative.size(1));
    const auto padded = [&](const at::Tensor& side) {
        return at::constant_pad_nd(side, {0, 0, 0, tokens - side.size(1)});
    };
    return transformer.text_context(at::cat({padded(text.prompt), padded(text.negative)}), stop, image);
}

/// The model's own steps, another solver's, or a student's few.
FewStepRun solver_of(const PipelineConfig& config, const Pass& pass) {
    if (few_steps_named(pass.scheduler) != nullptr) {
        const bool from_picture = config.picture == PictureWay::channels;
        return few_step_run(config.scheduler, pass.scheduler, pass.steps, from_picture);
    }
    return {scheduler_by_name(config.scheduler, pass.scheduler), {.steps = pass.steps}};
}

} // namespace

FullDenoising::FullDenoising(
    const PipelineConfig& config,
    const std::vector<const Transformer*>& transformers,
    const Pass& pass,
    const LatentShape& shape,
    const TextEmbeddings& text,
    PictureCondition pictures,
    const std::stop_token& stop
)
    : FullDenoising(
          config, solver_of(config, pass), transformers, pass, shape, text, std::move(pictures), stop
      ) {}

FullDenoising::FullDenoising(
    const PipelineConfig& config,
    const FewStepRun& solver,
    const std::vector<const Transformer*>& transformers,
    const Pass& pass,
    const LatentShape& shape,
    const TextEmbeddings& text,
    PictureCondition pictures,
    const std::stop_token& stop
)
    : FullSequence(shape, pass, solver.config, solver.request, transformers.front()->options().device()),
      boundary_(config.boundary_ratio * config.scheduler.num_train_timesteps),
      transformers_(transformers),
      attention_(transformers.front()->full_attention({shape.frames, shape.height, shape.width})),
      pictures_(std::move(pictures)),
      guided_(pass.guided()) {
    read_text(text, stop);
    if (pictures_.first.defined()) {
        noisy_frames_ = at::ones({shape.frames}, pictures_.first.options());
        noisy_frames_.narrow(0, 0, 1).zero_();
    }
}

void FullDenoising::read_text(const TextEmbeddings& text, const std::stop_token& stop) {
    text_.resize(transformers_.size());
    for (std::size_t i = text_.size(); i-- > 0;) { // what computes first comes to the device last
        text_[i] = text_context(*transformers_[i], text, guided_, stop, pictures_.states);
        if (i > 0) {
            transformers_[i]->let_go();
        }
    }
}

void FullDenoising::change_conditioning(const Conditioning& conditioning, std::stop_token stop) {
    read_text(std::any_cast<const Conditions&>(conditioning).text, stop);
}

FullDenoising::~FullDenoising() {
    for (const Transformer* transformer : transformers_) {
        transformer->let_go();
    }
}

at::Tensor FullDenoising::with_picture(const at::Tensor& latents) const {
    if (!pictures_.first.defined()) {
        return latents;
    }
    return at::cat({pictures_.first, latents.narrow(2, 1, latents.size(2) - 1)}, 2);
}

at::Tensor FullDenoising::timesteps_of_frames(const at::Tensor& timestep) const {
    return noisy_frames_.defined() ? noisy_frames_ * timestep : timestep;
}

bool FullDenoising::side_by_side() const {
    return attention_.tokens() <= most_tokens_side_by_side;
}

at::Tensor FullDenoising::predict(
    const at::Tensor& latents,
    const Timestep& timestep,
    Sides sides,
    const std::stop_token& stop,
    const ShareDone& done
) const {
    const std::size_t index = transformers_.size() > 1 && timestep.value < boundary_ ? 1 : 0;
    const Transformer& transformer = *transformers_[index];
    if (index > 0) {
        transformers_.front()->let_go(); // its turn is over
    }
    const TimeContext time = transformer.time_context(timesteps_of_frames(timestep.on_device));
    const at::Tensor input =
        pictures_.channels.defined() ? at::cat({latents, pictures_.channels}, 1) : with_picture(latents);
    const TextContext text = sides == Sides::all ? text_[index] : text_[index].side(sides == Sides::negative);
    FullAttention attention = attention_;
    return transformer.forward(input, time, text, attention, stop, done);
}

CausalDenoising::CausalDenoising(
    const CausalConfig& config,
    int num_train_timesteps,
    const Transformer& transformer,
    const Pass& pass,
    const LatentShape& shape,
    const TextEmbeddings& text,
    at::Tensor first,
    const std::stop_token& stop
)
    : config_(config),
      transformer_(transformer),
      shape_(shape),
      first_(std::move(first)),
      given_(first_.defined() ? first_.size(2) : 0),
      guidance_scale_(pass.guidance_scale),
      noise_(at::make_generator<at::CPUGeneratorImpl>(pass.seed)),
      sigmas_(config.sigmas_of(pass.steps)),
      text_(text_context(transformer, text, pass.guided(), stop)),
      cache_(
          text_.sides(),
          config,
          transformer.config(),
          {shape.height / transformer.config().patch_height, shape.width / transformer.config().patch_width},
          transformer.rotary(),
          transformer.options()
      ),
      history_(config.sink_size, config.local_attn_size - config.frames_per_block),
      pace_(transformer.options().device()) {
    std::vector<float> timesteps;
    for (const double sigma : sigmas_) {
        timesteps.push_back(static_cast<float>(sigma * num_train_timesteps));
    }
    timesteps.back() = static_cast<float>(config.context_noise * num_train_timesteps); // in place of the end
    const at::Tensor on_device = timesteps_on(transformer.options().device(), timesteps);
    for (int step = 0; step < steps(); ++step) {
        times_.push_back(transformer.time_context(on_device[step]));
    }
    context_time_ = transformer.time_context(on_device[steps()]);
    remember_first(stop);
}

/// Whole blocks at the end, as when they were made.
void CausalDenoising::remember_first(const std::stop_token& stop) {
    for (std::int64_t at = 0; at < given_;) {
        const std::int64_t broken = (given_ - at) % config_.frames_per_block;
        const std::int64_t frames = broken > 0 ? broken : config_.frames_per_block;
        const at::Tensor latents = first_.narrow(2, at, frames);
        cache_.begin_block(frames, at);
        fill_cache(latents, stop);
        history_.add(at, latents);
        at += frames;
    }
}

/// From the block that was begun, once it is clean.
void CausalDenoising::fill_cache(const at::Tensor& latents, const std::stop_token& stop) {
    transformer_.remember(latents, context_time_, text_, cache_, stop);
    cache_.finish_block();
}

void CausalDenoising::change_conditioning(const Conditioning& conditioning, std::stop_token stop) {
    change_prompt(std::any_cast<const Conditions&>(conditioning).text, stop);
}

void CausalDenoising::change_prompt(const TextEmbeddings& text, const std::stop_token& stop) {
    text_ = text_context(transformer_, text, guidance_scale_ > 1, stop);
    cache_.forget();
    for (const FrameHistory::Piece& piece : history_.pieces()) {
        cache_.begin_block(piece.latents.size(2), piece.first);
        fill_cache(piece.latents, stop);
    }
}

int CausalDenoising::blocks() const {
    const std::int64_t made = shape_.frames - given_;
    return static_cast<int>((made + config_.frames_per_block - 1) / config_.frames_per_block);
}

std::int64_t CausalDenoising::first_frame(int block) const {
    return given_ + block * config_.frames_per_block;
}

std::int64_t CausalDenoising::made_frames(int block) const {
    return std::min(config_.frames_per_block, shape_.frames - first_frame(block));
}

int CausalDenoising::latent_frames(int block) const {
    return static_cast<int>(made_frames(block) + (block == 0 ? given_ : 0));
}

at::Tensor CausalDenoising::with_first(const at::Tensor& latents) const {
    return block_ == 0 && given_ > 0 ? at::cat({first_, latents}, 2) : latents;
}

void CausalDenoising::begin_block(int block) {
    block_ = block;
    const std::int64_t made = made_frames(block);
    // All noise of the block at once, in the order in which the steps use it.
    const bool renoises = config_.solver == CausalConfig::Solver::renoise;
    std::vector<at::Tensor> drawn;
    for (int step = 0; step < (renoises ? steps() : 1); ++step) {
        drawn.push_back(draw_noise(shape_, made, noise_));
    }
    block_noise_ = sent_to(at::stack(drawn), transformer_.options().device());
    latents_ = block_noise_[0];
    cache_.begin_block(made, first_frame(block));
}

at::Tensor
CausalDenoising::velocity(const TimeContext& time, const std::stop_token& stop, const ShareDone& done) {
    const at::Tensor sides = transformer_.forward(latents_, time, text_, cache_, stop, paced(pace_, done));
    return guided(sides, guidance_scale_).to(at::kFloat);
}

void CausalDenoising::step(int /*block*/, int step, std::stop_token stop, const ShareDone& done) {
    const double sigma = sigmas_.at(static_cast<std::size_t>(step));
    const double next = sigmas_.at(static_cast<std::size_t>(step) + 1);
    const at::Tensor v = velocity(times_.at(static_cast<std::size_t>(step)), stop, done);
    x0_ = latents_ - v * sigma;
    if (config_.solver == CausalConfig::Solver::euler) {
        latents_ = latents_ + v * (next - sigma);
    } else {
        latents_ = next > 0 ? x0_ * (1 - next) + block_noise_[step + 1] * next : x0_;
    }
}

void CausalDenoising::take_block(const at::Tensor& latents) {
    const std::int64_t made = made_frames(block_);
    std::vector<std::int64_t> shape = latents_.sizes().vec();
    shape.at(2) = latent_frames(block_);
    if (latents.sizes() != shape) {
        throw Error(ErrorKind::user, "The checkpoint is of a clip of another shape.");
    }
    latents_ = sent_to(latents.narrow(2, latents.size(2) - made, made).contiguous(), latents_.device());
    x0_ = latents_;
}

at::Tensor CausalDenoising::finish_block(int block, std::stop_token stop) {
    if (block + 1 < blocks()) { // nobody looks back at the last one
        fill_cache(latents_, stop);
        history_.add(first_frame(block), latents_);
    }
    return with_first(latents_);
}

} // namespace rushes::wan
