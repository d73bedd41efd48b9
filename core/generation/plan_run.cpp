#include "generation/plan_run.h"

#include "generation/checkpoint_files.h"
#include "generation/device_errors.h"
#include "generation/device_memory.h"
#include "nn/transfer.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

namespace rushes {
namespace {

using Clock = PlanRun::Clock;

/// So many latent frames are kept to decode them again should memory run out. It does so in the first few or
/// not at all.
constexpr std::size_t most_latents_kept = 256;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

PlanRun::PlanRun(
    const Plan& plan,
    const RunSinks& sinks,
    RunReport& report,
    ProgressTracker& tracker,
    RunCheckpoint& checkpoint,
    PhaseGauge& gauge,
    at::Device device,
    std::stop_token stop
)
    : plan_(plan),
      sinks_(sinks),
      report_(report),
      tracker_(tracker),
      checkpoint_(checkpoint),
      device_(device),
      stop_(std::move(stop)),
      denoising_(device, gauge, report.denoise),
      decoding_(device, gauge, report.decode) {}

void PlanRun::run(Pipeline& pipeline, const RunConditions& conditions, Clock::time_point start) {
    start_ = start;
    PreviewMaker previews(pipeline, plan_.model.lattice, sinks_.preview);
    previews_ = &previews;
    const auto close_previews = [&] {
        previews.finish();
        report_.first_preview_seconds = previews.first_seconds(start_);
        report_.preview_cpu_seconds = previews.cpu_seconds();
        previews_ = nullptr;
    };
    const auto close_times = [&] {
        report_.denoise_seconds = denoising_.seconds();
        report_.decode_seconds = decoding_.seconds();
    };
    try {
        for (std::size_t index = 0; index < plan_.passes.size(); ++index) {
            if (!is_done_with(index)) {
                run_pass(pipeline, conditions, index);
            }
        }
    } catch (const Stopped&) {
        close_previews();
        close_times();
        throw;
    } catch (...) {
        close_previews(); // what a device that failed says of times is not asked for
        throw;
    }
    close_previews();
    close_times();
    if (!plan_.is_draft) { // behind which the clip comes
        tracker_.finishing(Clock::now());
        report_progress();
    }
}

/// Of an earlier run that came further: a first look is not needed twice, and of a pass that the next one
/// starts from the latents are there.
bool PlanRun::is_done_with(std::size_t index) {
    const auto pass = static_cast<int>(index);
    if (pass >= checkpoint_.first_pass()) {
        return false;
    }
    if (plan_.passes[index + 1].start != PassStart::previous) {
        return true;
    }
    for (int block = 0;; ++block) {
        const at::Tensor latents = checkpoint_.block({pass, block, checkpoint_.identity()});
        if (!latents.defined()) {
            return block > 0;
        }
        latents_.push_back(sent_to(latents, device_));
    }
}

void PlanRun::run_pass(Pipeline& pipeline, const RunConditions& conditions, std::size_t index) {
    throw_if_stopped(stop_);
    pass_ = &plan_.passes[index];
    pass_index_ = static_cast<int>(index);
    draft_ = !plan_.is_final(index);
    latents_done_ = 0;
    frames_done_ = 0;
    turns_done_ = 0;
    lineage_ = checkpoint_.identity();
    const bool goes_on = pass_->start == PassStart::previous && !latents_.empty();
    tracker_.begin_pass(index, Clock::now());
    if (tracker_.progress().phase == Phase::encoding) {
        report_progress();
    }
    denoising_.begin(); // pictures that the pass starts from are encoded here
    auto denoising = pipeline.denoise(
        *pass_,
        conditions.first,
        goes_on ? at::cat(latents_, 2) : at::Tensor(),
        stop_,
        [&](double share) {
            if (tracker_.encoding(share, Clock::now())) {
                report_progress();
            }
        }
    );
    denoising_.end();
    latents_.clear();
    decoder_latents_.clear();
    const bool kept = index + 1 < plan_.passes.size() && plan_.passes[index + 1].start == PassStart::previous;
    frames_again_ = 0;
    decoder_ = decoder_in(pipeline, std::max(decode_, pass_->decode));
    blocks_ = denoising->blocks();
    const int blocks = blocks_;
    tracker_.begin_blocks(blocks, Clock::now());
    for (int block = 0; block < blocks; ++block) {
        if (block > 0) {
            change_prompt(*denoising, conditions, block, block + 1 == blocks);
        }
        const at::Tensor latents = denoise_block(*denoising, conditions, block);
        if (block + 1 == blocks) {
            denoising.reset(); // Its buffers are not needed while the rest is decoded.
        }
        decode_block(pipeline, latents);
        latents_done_ += static_cast<int>(latents.size(2));
        if (kept) {
            latents_.push_back(latents);
        }
    }
    decode_rest();
    decoder_.reset();
    block_latents_.reset();
}

/// Before a block: the recipe's last change that is due, or what somebody wishes for just now.
void PlanRun::change_prompt(
    Denoising& denoising, const RunConditions& conditions, int block, bool last_block
) {
    const int first_frame = plan_.model.lattice.frames_of(latents_done_).first;
    const Conditioning* next = nullptr;
    std::string says;
    while (turns_done_ < conditions.turns.size() &&
           (last_block || conditions.turns[turns_done_].frame <= first_frame)) {
        const RunConditions::Turn& turn = conditions.turns[turns_done_++];
        next = &turn.conditioning;
        says = turn.prompt;
    }
    Conditioning wished;
    auto prompt = checkpoint_.prompt(place(block));
    if (!prompt && sinks_.next_prompt) {
        prompt = sinks_.next_prompt(first_frame);
        if (prompt) {
            checkpoint_.keep_prompt(place(block), *prompt);
        }
    }
    if (prompt) {
        wished = conditions.condition(*prompt);
        next = &wished;
        says = *prompt;
    }
    if (next != nullptr) {
        lineage_ = turned(lineage_, "from block " + std::to_string(block) + " on: " + says);
        denoising_.begin();
        denoising.change_conditioning(*next, stop_);
        denoising_.end();
    }
}

/// What the recipe says of the steps that come now.
void PlanRun::change_step(Denoising& denoising, const RunConditions& conditions, int after_steps) {
    for (const RunConditions::StepTurn& turn : conditions.step_turns) {
        if (draft_ || turn.after_steps != after_steps) {
            continue;
        }
        if (turn.conditioning.has_value()) {
            denoising.change_conditioning(turn.conditioning, stop_);
        }
        if (turn.guidance_scale >= 0) {
            denoising.change_guidance(turn.guidance_scale);
        }
    }
}

/// Before the block's first step.
RunCheckpoint::Place PlanRun::place(int block) const {
    return {pass_index_, block, lineage_};
}

RunCheckpoint::Place PlanRun::place_after(int steps, const RunConditions& conditions, int block) const {
    RunCheckpoint::Place result = place(block);
    for (const RunConditions::StepTurn& turn : conditions.step_turns) {
        if (!draft_ && turn.after_steps < steps) {
            result.lineage = turned(result.lineage, turn.change);
        }
    }
    return result;
}

/// What an earlier run did of the block that was begun is taken over, unless it does not fit after all.
int PlanRun::steps_done_before(Denoising& denoising, const RunConditions& conditions, int block) {
    const int all = denoising.steps();
    try {
        const at::Tensor latents = checkpoint_.block(place_after(all, conditions, block));
        if (latents.defined()) {
            denoising.take_block(latents);
            return all;
        }
        for (int done = all; done > 0; --done) {
            if (const auto steps = checkpoint_.steps(place_after(done, conditions, block), done)) {
                denoising.go_on(done, steps->state);
                return done;
            }
        }
    } catch (const Error&) {
        checkpoint_.refuse("it is of another form");
    }
    return 0;
}

at::Tensor PlanRun::denoise_block(Denoising& denoising, const RunConditions& conditions, int block) {
    denoising_.begin();
    denoising.begin_block(block);
    const int before = steps_done_before(denoising, conditions, block);
    for (int step = 0; step < before && before < denoising.steps(); ++step) {
        change_step(denoising, conditions, step);
    }
    if (before > 0 && !draft_) {
        report_.restored = (block + double(before) / denoising.steps()) / blocks_;
    }
    for (int step = before; step < denoising.steps(); ++step) {
        tracker_.begin_step(block + 1, step + 1, Clock::now());
        report_progress();
        throw_if_stopped(stop_);
        change_step(denoising, conditions, step);
        denoising.step(block, step, stop_, [&](double share) {
            if (tracker_.within_step(share, Clock::now())) {
                report_progress();
            }
        });
        const auto offering = Clock::now();
        if (sinks_.preview) {
            previews_->offer({denoising.x0_estimate(), draft_, step + 1, latents_done_});
        }
        report_.preview_seconds += seconds_since(offering);
        if (const Denoising::State state = denoising.state(); !state.empty()) {
            checkpoint_.keep_steps(
                place_after(step + 1, conditions, block), {step + 1, state}, denoising.steps()
            );
        }
    }
    throw_if_stopped(stop_);
    const at::Tensor latents = denoising.finish_block(block, stop_);
    denoising_.end();
    if (before < denoising.steps()) {
        checkpoint_.keep_block(place_after(denoising.steps(), conditions, block), latents);
    }
    report_.denoise_seconds = denoising_.seconds_so_far();
    tracker_.block_denoised(block + 1, Clock::now());
    report_progress();
    return latents;
}

std::unique_ptr<LatentDecoder> PlanRun::decoder_in(Pipeline& pipeline, DecodeWay way) {
    decode_ = way;
    Pass pass = *pass_;
    pass.decode = way;
    return pipeline.decoder(pass);
}

/// What the latent frame becomes. Where memory does not suffice for that, it is given back, and a decoder
/// that takes less begins the pass again: the latents are safe.
at::Tensor PlanRun::decoded(Pipeline& pipeline, const at::Tensor& latent, const ShareDone& within) {
    decoder_latents_.push_back(latent);
    for (bool again = false;; again = true) {
        try {
            return again ? decoded_again(pipeline) : decoder_->decode_next(latent, stop_, within);
        } catch (const std::exception&) {
            if (decode_ == DecodeWay::tiles || decoder_latents_.size() > most_latents_kept ||
                !is_lack_of_memory(std::current_exception())) {
                throw;
            }
        }
    }
}

at::Tensor PlanRun::decoded_again(Pipeline& pipeline) {
    decoder_.reset();
    give_back_memory(device_);
    decoder_ = decoder_in(pipeline, decode_ == DecodeWay::whole ? DecodeWay::frames : DecodeWay::tiles);
    decoder_->expect(block_latents_); // who looks ahead makes a clip of one block
    frames_again_ = frames_done_;
    std::vector<at::Tensor> pictures;
    for (const at::Tensor& latent : decoder_latents_) {
        pictures.push_back(decoder_->decode_next(latent, stop_));
    }
    return at::cat(pictures);
}

void PlanRun::decode_block(Pipeline& pipeline, const at::Tensor& latents) {
    decoder_->expect(latents);
    block_latents_ = latents;
    for (int t = 0; t < latents.size(2); ++t) {
        throw_if_stopped(stop_);
        tracker_.begin_decoding(Clock::now());
        if (t == 0) {
            report_progress();
        }
        const FrameRange frames = plan_.model.lattice.frames_of(latents_done_ + t);
        const auto within = [&](double share) {
            if (tracker_.within_decoding(frames.first + share * frames.count, Clock::now())) {
                report_progress();
            }
        };
        decoding_.begin();
        const at::Tensor pictures = decoded(pipeline, latents.narrow(2, t, 1), within);
        decoding_.end();
        take(pictures, frames.first + frames.count);
    }
}

void PlanRun::decode_rest() {
    throw_if_stopped(stop_);
    decoding_.begin();
    const at::Tensor pictures = decoder_->finish(stop_);
    decoding_.end();
    if (pictures.defined()) {
        take(pictures, pass_->frames);
    }
}

/// `worth`: frames of the pass that the work so far was worth, whether they are out or not.
void PlanRun::take(const at::Tensor& pictures, double worth) {
    const int again = std::min(frames_again_, static_cast<int>(pictures.size(0)));
    frames_again_ -= again; // what came out already is not given out twice
    const at::Tensor frames = fetched(pictures.narrow(0, again, pictures.size(0) - again));
    report_.denoise_seconds = denoising_.seconds_so_far();
    report_.decode_seconds = decoding_.seconds_so_far();
    tracker_.frames_decoded(static_cast<int>(frames.size(0)), worth, Clock::now());
    hand_out(frames);
    report_progress();
}

void PlanRun::hand_out(const at::Tensor& pictures) {
    for (std::int64_t n = 0; n < pictures.size(0); ++n) {
        throw_if_stopped(stop_);
        const at::Tensor picture = pictures[n];
        auto frame = std::make_shared<Frame>();
        frame->height = static_cast<int>(picture.size(0));
        frame->width = static_cast<int>(picture.size(1));
        frame->index = frames_done_++;
        const auto* const bytes = picture.const_data_ptr<std::uint8_t>();
        frame->rgb.assign(bytes, bytes + picture.numel());
        if (sinks_.frame) {
            sinks_.frame(std::move(frame), draft_);
        }
        if (draft_) {
            continue;
        }
        ++report_.frames;
        if (report_.first_frame_seconds < 0) {
            report_.first_frame_seconds = seconds_since(start_);
        }
    }
}

void PlanRun::report_progress() const {
    if (sinks_.progress) {
        sinks_.progress(tracker_.progress());
    }
}

} // namespace rushes
