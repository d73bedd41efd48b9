#include "generation/plan_run.h"

#include <utility>

#include <ATen/ATen.h>

namespace rushes {
namespace {

using Clock = PlanRun::Clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

PlanRun::PlanRun(
    const Plan& plan, const RunSinks& sinks, RunReport& report, ProgressTracker& tracker, std::stop_token stop
)
    : plan_(plan), sinks_(sinks), report_(report), tracker_(tracker), stop_(std::move(stop)) {}

void PlanRun::run(Pipeline& pipeline, const Conditioning& conditioning, Clock::time_point start) {
    start_ = start;
    PreviewMaker previews(pipeline, plan_.model.lattice, sinks_.preview);
    previews_ = &previews;
    const auto close_previews = [&] {
        previews.finish();
        report_.first_preview_seconds = previews.first_seconds(start_);
        report_.preview_cpu_seconds = previews.cpu_seconds();
        previews_ = nullptr;
    };
    try {
        for (std::size_t index = 0; index < plan_.passes.size(); ++index) {
            run_pass(pipeline, conditioning, index);
        }
    } catch (...) {
        close_previews();
        throw;
    }
    close_previews();
    tracker_.finishing(Clock::now());
    report_progress();
}

void PlanRun::run_pass(Pipeline& pipeline, const Conditioning& conditioning, std::size_t index) {
    throw_if_stopped(stop_);
    pass_ = &plan_.passes[index];
    draft_ = !plan_.is_final(index);
    latents_done_ = 0;
    frames_done_ = 0;
    const bool goes_on = pass_->start == PassStart::previous && !latents_.empty();
    auto denoising =
        pipeline.denoise(*pass_, conditioning, goes_on ? at::cat(latents_, 2) : at::Tensor(), stop_);
    latents_.clear();
    const bool kept = draft_ && plan_.passes[index + 1].start == PassStart::previous;
    auto decoder = pipeline.decoder(*pass_);
    const int blocks = denoising->blocks();
    tracker_.begin_pass(index, blocks, Clock::now());
    for (int block = 0; block < blocks; ++block) {
        const at::Tensor latents = denoise_block(*denoising, block);
        if (block + 1 == blocks) {
            denoising.reset(); // Its buffers are not needed while the rest is decoded.
        }
        decode_block(*decoder, latents);
        latents_done_ += static_cast<int>(latents.size(2));
        if (kept) {
            latents_.push_back(latents);
        }
    }
    decode_rest(*decoder);
}

at::Tensor PlanRun::denoise_block(Denoising& denoising, int block) {
    const auto begin = Clock::now();
    denoising.begin_block(block);
    for (int step = 0; step < denoising.steps(); ++step) {
        tracker_.begin_step(block + 1, step + 1, Clock::now());
        report_progress();
        throw_if_stopped(stop_);
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
    }
    throw_if_stopped(stop_);
    const at::Tensor latents = denoising.finish_block(block, stop_);
    report_.denoise_seconds += seconds_since(begin);
    tracker_.block_denoised(block + 1, Clock::now());
    report_progress();
    return latents;
}

void PlanRun::decode_block(LatentDecoder& decoder, const at::Tensor& latents) {
    for (int t = 0; t < latents.size(2); ++t) {
        throw_if_stopped(stop_);
        const auto begin = Clock::now();
        tracker_.begin_decoding(begin);
        if (t == 0) {
            report_progress();
        }
        const FrameRange frames = plan_.model.lattice.frames_of(latents_done_ + t);
        const auto within = [&](double share) {
            if (tracker_.within_decoding(frames.first + share * frames.count, Clock::now())) {
                report_progress();
            }
        };
        const at::Tensor pictures = decoder.decode_next(latents.narrow(2, t, 1), stop_, within);
        take(pictures, begin, frames.first + frames.count);
    }
}

void PlanRun::decode_rest(LatentDecoder& decoder) {
    throw_if_stopped(stop_);
    const auto begin = Clock::now();
    if (const at::Tensor pictures = decoder.finish(stop_); pictures.defined()) {
        take(pictures, begin, pass_->frames);
    }
}

/// `decoded`: frames of the pass that the work so far was worth, whether they are out or not.
void PlanRun::take(const at::Tensor& pictures, Clock::time_point begin, double decoded) {
    const at::Tensor frames = pictures.to(at::kCPU).contiguous();
    report_.decode_seconds += seconds_since(begin);
    tracker_.frames_decoded(static_cast<int>(frames.size(0)), decoded, Clock::now());
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
