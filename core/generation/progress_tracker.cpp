#include "generation/progress_tracker.h"

#include <algorithm>

namespace rushes {
namespace {

constexpr std::size_t emissions_kept = 8; ///< the frame rate's window, in decoder calls
constexpr double told_after = 0.25;       ///< seconds, within a step and within the decoding of frames
constexpr double rise_allowed = 1.25;     ///< seconds left hold still until the estimate has grown by this

double seconds(ProgressTracker::Time from, ProgressTracker::Time to) {
    return std::chrono::duration<double>(to - from).count();
}

} // namespace

ProgressTracker::ProgressTracker(const Plan& plan, Time now, double work_after)
    : plan_(plan), draft_work_(plan.draft ? plan.draft->work : 0), work_after_(work_after), last_(now) {
    progress_.draft = plan.is_draft;
    progress_.fraction = share_of_all(draft_work_);
}

double ProgressTracker::share_of_all(double done) const {
    const double all = draft_work_ + plan_.work + work_after_;
    return all > 0 ? std::min(1.0, done / all) : 0;
}

void ProgressTracker::loading(double fraction, Time now) {
    progress_.phase = Phase::loading;
    progress_.loaded = std::clamp(fraction, 0.0, 1.0);
    last_ = now;
}

void ProgressTracker::reading_text(double fraction, Time now) {
    progress_.phase = Phase::text;
    progress_.loaded = 1;
    progress_.text_read = std::clamp(fraction, 0.0, 1.0);
    last_ = now;
}

void ProgressTracker::begin_pass(std::size_t index, Time now) {
    work_before_ = draft_work_;
    for (std::size_t i = 0; i < index; ++i) {
        work_before_ += plan_.pass_work[i].total();
    }
    const Pass& pass = plan_.passes[index];
    const double left = progress_.seconds_left;
    pass_ = index;
    progress_ = Progress{};
    progress_.loaded = 1;
    progress_.text_read = 1;
    progress_.draft = !plan_.is_final(index);
    progress_.phase = plan_.pass_work[index].encode > 0 ? Phase::encoding : Phase::denoising;
    progress_.blocks = 1;
    progress_.steps = pass.steps;
    progress_.frames_total = pass.frames;
    progress_.seconds_left = left;
    emitted_.clear();
    last_ = now;
    update(now);
}

bool ProgressTracker::encoding(double share, Time now) {
    if (seconds(last_, now) < told_after) {
        return false;
    }
    progress_.encoded = share;
    spend(now);
    set_denoised(denoised_after(0));
    update(now);
    return true;
}

void ProgressTracker::begin_blocks(int blocks, Time now) {
    progress_.blocks = blocks;
    progress_.encoded = 1;
    spend(now);
    set_denoised(denoised_after(0));
    update(now);
}

/// Of the pass's denoising, pictures included, once so much of its steps is done.
double ProgressTracker::denoised_after(double steps) const {
    const PassWork& work = plan_.pass_work[pass_];
    const double pictures = work.denoise > 0 ? work.encode / work.denoise : 0;
    return pictures * progress_.encoded + (1 - pictures) * steps;
}

void ProgressTracker::begin_step(int block, int step, Time now) {
    progress_.phase = Phase::denoising;
    progress_.block = block;
    progress_.step = step;
    spend(now);
    set_denoised(denoised_after((block - 1 + double(step - 1) / progress_.steps) / progress_.blocks));
    update(now);
}

bool ProgressTracker::within_step(double share, Time now) {
    if (seconds(last_, now) < told_after) {
        return false;
    }
    spend(now);
    const int before = progress_.step - 1;
    set_denoised(denoised_after((progress_.block - 1 + (before + share) / progress_.steps) / progress_.blocks)
    );
    update(now);
    return true;
}

void ProgressTracker::block_denoised(int block, Time now) {
    spend(now);
    set_denoised(denoised_after(double(block) / progress_.blocks));
    update(now);
}

void ProgressTracker::begin_decoding(Time now) {
    progress_.phase = Phase::decoding;
    last_ = now;
}

bool ProgressTracker::within_decoding(double worth, Time now) {
    if (seconds(last_, now) < told_after) {
        return false;
    }
    set_decoded(worth, now);
    update(now);
    return true;
}

void ProgressTracker::frames_decoded(int frames, double worth, Time now) {
    progress_.frames_done += frames;
    set_decoded(worth, now);
    knows_decoding_ = true;
    emitted_.emplace_back(now, progress_.frames_done);
    if (emitted_.size() > emissions_kept) {
        emitted_.pop_front();
    }
    if (const double window = seconds(emitted_.front().first, now); window > 0) {
        progress_.frame_rate = (progress_.frames_done - emitted_.front().second) / window;
    }
    update(now);
}

void ProgressTracker::finishing(Time now) {
    progress_.phase = Phase::finishing;
    progress_.fraction = 1;
    progress_.seconds_left = 0;
    last_ = now;
}

void ProgressTracker::spend(Time now) {
    denoising_.seconds += seconds(last_, now);
    last_ = now;
}

void ProgressTracker::set_denoised(double fraction) {
    denoising_.work += plan_.pass_work[pass_].denoise * (fraction - progress_.denoised);
    progress_.denoised = fraction;
}

void ProgressTracker::set_decoded(double frames, Time now) {
    const double fraction = frames / progress_.frames_total;
    decoding_.seconds += seconds(last_, now);
    decoding_.work += plan_.pass_work[pass_].decode * (fraction - progress_.decoded);
    last_ = now;
    progress_.decoded = std::min(1.0, fraction);
}

void ProgressTracker::update(Time now) {
    const PassWork& work = plan_.pass_work[pass_];
    const double done = work_before_ + work.denoise * progress_.denoised + work.decode * progress_.decoded;
    progress_.fraction = share_of_all(done);
    const double left = seconds_left();
    if (left < 0) {
        return;
    }
    // A small rise is noise: time left may stand still, and jumps up only when the machine has become slower.
    double& shown = progress_.seconds_left;
    if (shown < 0 || left <= shown || left > shown * rise_allowed + 1) {
        shown = left;
    }
    last_ = now;
}

double ProgressTracker::seconds_left() const {
    if (denoising_.work <= 0) {
        return -1;
    }
    const double denoise_pace = denoising_.seconds_per_work();
    const double decode_pace = decoding_pace(denoise_pace);
    const PassWork& work = plan_.pass_work[pass_];
    double left = work.denoise * (1 - progress_.denoised) * denoise_pace +
                  work.decode * (1 - progress_.decoded) * decode_pace;
    for (std::size_t i = pass_ + 1; i < plan_.passes.size(); ++i) {
        left += plan_.pass_work[i].denoise * denoise_pace + plan_.pass_work[i].decode * decode_pace;
    }
    return left + work_after_ * denoise_pace;
}

double ProgressTracker::decoding_pace(double guess) const {
    if (knows_decoding_) {
        return decoding_.seconds_per_work();
    }
    // A decoder starts cold, so the first parts of the first frame count little; a large one takes a minute
    // for it, so what it tells is not kept back until it is whole.
    const double share = std::min(1.0, progress_.decoded * progress_.frames_total);
    return guess + share * share * (decoding_.seconds_per_work() - guess);
}

} // namespace rushes
