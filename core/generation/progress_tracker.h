// Turns what has been computed into what a person reads: fractions by work, frame rate, seconds left.
#pragma once

#include "generation/engine.h"
#include "generation/plan.h"

#include <chrono>
#include <deque>

namespace rushes {

/// One thread at a time. The clock is passed in, so that tests own the time.
class ProgressTracker {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// `work_after`: GFLOP of another plan that follows (of a draft: the clip).
    ProgressTracker(const Plan& plan, Time now, double work_after = 0);

    void loading(double fraction, Time now);
    void reading_text(double fraction, Time now);
    void begin_pass(std::size_t index, Time now);
    /// A share of the pass's pictures is encoded. False: as of within_step().
    bool encoding(double share, Time now);
    /// The pictures are encoded, if there are any.
    void begin_blocks(int blocks, Time now);
    /// `step` (from 1) of `block` (from 1) is about to begin; all before it are done.
    void begin_step(int block, int step, Time now);
    /// A share of that step is done. False: so soon after what was counted last that nobody need be told.
    bool within_step(double share, Time now);
    void block_denoised(int block, Time now);
    void begin_decoding(Time now);
    /// Work worth this many frames of the pass is done. False: as of within_step().
    bool within_decoding(double worth, Time now);
    /// So many more frames are out; the work so far was worth `worth` of them, which may be more.
    void frames_decoded(int frames, double worth, Time now);
    void finishing(Time now);

    const Progress& progress() const { return progress_; }

private:
    /// Seconds that a phase has taken and the share of its work (GFLOP) that they bought.
    struct Pace {
        double seconds = 0;
        double work = 0;

        double seconds_per_work() const { return work > 0 ? seconds / work : 0; }
    };

    void spend(Time now);
    void set_denoised(double fraction);
    double denoised_after(double steps) const;
    void set_decoded(double frames, Time now);
    double share_of_all(double done) const;
    void update(Time now);
    double seconds_left() const;
    /// Seconds a GFLOP of decoding takes; `guess` while none is known.
    double decoding_pace(double guess) const;

    const Plan& plan_;
    const double draft_work_; ///< of another model, done before (GFLOP)
    const double work_after_;
    Progress progress_;
    std::size_t pass_ = 0;
    double work_before_ = 0; ///< of the passes that are done
    Pace denoising_;
    Pace decoding_;
    bool knows_decoding_ = false; ///< a first latent frame is whole
    Time last_;
    std::deque<std::pair<Time, int>> emitted_; ///< when how many frames existed, lately
};

} // namespace rushes
