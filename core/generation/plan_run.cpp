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

void PlanRun::run(Pipeline& pipeline, const TextEmbeddings& text, Clock::time_point start) {
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
            run_pass(pipeline, text, index);
        }
    } catch (...) {
        close_previews();
        throw;
    }
    close_previews();
    tracker_.finishing(Clock::now());
    report_progress();
}

void PlanRun::run_pass(Pipeline& pipeline, const TextEmbeddings& text, std::size_t index) {
    throw_if_stopped(stop_);
    pass_ = &plan_.passes[index];
    latents_done_ = 0;
    frames_done_ = 0;
    auto denoising = pipeline.denoise(*pass_, text, stop_);
    auto decoder = pipeline.decoder();
    const int blocks = denoising->blocks();
    tracker_.begin_pass(index, blocks, Clock::now());
    for (int block = 0; block < blocks; ++block) {
        const at::Tensor latents = denoise_block(*denoising, block);
        if (block + 1 == blocks) {
            denoising.reset(); // Its buffers are not needed while the rest is decoded.
        }
        decode_block(*decoder, latents);
        latents_done_ += static_cast<int>(latents.size(2));
    }
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
            previews_->offer({denoising.x0_estimate(), pass_->draft, step + 1, latents_done_});
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

void PlanRun::decode_block(VideoDecoder& decoder, const at::Tensor& latents) {
    for (int t = 0; t < latents.size(2); ++t) {
        throw_if_stopped(stop_);
        const auto begin = Clock::now();
        tracker_.begin_decoding(begin);
        if (t == 0) {
            report_progress();
        }
        const int frames = plan_.model.lattice.frames_of(latents_done_ + t).count;
        const auto within = [&](double share) {
            if (tracker_.within_decoding(share * frames, Clock::now())) {
                report_progress();
            }
        };
        const at::Tensor pictures =
            decoder.decode_next(latents.narrow(2, t, 1), stop_, within).to(at::kCPU).contiguous();
        report_.decode_seconds += seconds_since(begin);
        tracker_.frames_decoded(static_cast<int>(pictures.size(0)), Clock::now());
        hand_out(pictures);
        report_progress();
    }
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
            sinks_.frame(std::move(frame), pass_->draft);
        }
        if (pass_->draft) {
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
