// Makes previews beside the run: the engine drops the newest x0 estimate into a one-slot box and goes on; a
// thread turns what it finds there into pictures. What it has no time for is dropped, and the trajectory
// never knows.
#pragma once

#include "base/channel.h"
#include "generation/engine.h"
#include "models/pipeline.h"

#include <chrono>
#include <functional>
#include <semaphore>
#include <thread>

namespace rushes {

/// The x0 estimate of one step and where it belongs. The tensor must not be written to any more.
struct Estimate0 {
    at::Tensor latents; ///< [1, C, T, h, w]
    bool draft = false;
    int step = 0;
    int first_latent = 0; ///< position in the clip of the first latent frame
};

class PreviewMaker {
public:
    using Deliver = std::function<void(Preview)>;

    /// Nothing is made when `deliver` is empty. Between two previews there is at least `interval`: a screen
    /// could not show more, and the cores have better things to do.
    PreviewMaker(
        const Pipeline& pipeline,
        const Lattice& lattice,
        Deliver deliver,
        std::chrono::milliseconds interval = std::chrono::milliseconds(33)
    );
    ~PreviewMaker();
    PreviewMaker(const PreviewMaker&) = delete;
    PreviewMaker& operator=(const PreviewMaker&) = delete;

    /// Never waits.
    void offer(Estimate0 estimate);

    /// Waits for the preview that is being made; drops what was offered after it. After it no preview is
    /// delivered.
    void finish();

    /// Seconds from `start` to the first delivered preview; < 0: none. Valid after finish().
    double first_seconds(std::chrono::steady_clock::time_point start) const;

    /// Processor time that the thread took. Valid after finish().
    double cpu_seconds() const { return cpu_seconds_; }

private:
    void work();
    void make_until_closed();
    Preview make(const Estimate0& estimate) const;

    const Pipeline& pipeline_;
    const Lattice lattice_;
    const Deliver deliver_;
    const std::chrono::milliseconds interval_;
    std::counting_semaphore<> ready_{0};
    Mailbox<Estimate0> box_;
    std::binary_semaphore closing_{0}; ///< released once, by finish()
    std::chrono::steady_clock::time_point first_{};
    double cpu_seconds_ = 0;
    std::thread thread_;
};

} // namespace rushes
