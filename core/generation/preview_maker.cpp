#include "generation/preview_maker.h"

#include "nn/transfer.h"

#include <ctime>
#include <exception>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

namespace rushes {
namespace {

FramePtr picture_of(const at::Tensor& pixels, std::int64_t index) {
    auto frame = std::make_shared<Frame>();
    frame->height = static_cast<int>(pixels.size(0));
    frame->width = static_cast<int>(pixels.size(1));
    frame->index = index;
    const auto* const bytes = pixels.const_data_ptr<std::uint8_t>();
    frame->rgb.assign(bytes, bytes + pixels.numel());
    return frame;
}

} // namespace

PreviewMaker::PreviewMaker(
    const Pipeline& pipeline, const Lattice& lattice, Deliver deliver, std::chrono::milliseconds interval
)
    : pipeline_(pipeline), lattice_(lattice), deliver_(std::move(deliver)), interval_(interval), box_([this] {
          ready_.release();
      }) {
    if (deliver_) {
        thread_ = std::thread([this] { work(); });
    }
}

PreviewMaker::~PreviewMaker() {
    finish();
}

void PreviewMaker::offer(Estimate0 estimate) {
    if (deliver_) {
        box_.put(std::move(estimate));
    }
}

void PreviewMaker::finish() {
    if (!thread_.joinable()) {
        return;
    }
    closing_.release();
    ready_.release();
    thread_.join();
}

double PreviewMaker::first_seconds(std::chrono::steady_clock::time_point start) const {
    if (first_ == std::chrono::steady_clock::time_point{}) {
        return -1;
    }
    return std::chrono::duration<double>(first_ - start).count();
}

void PreviewMaker::work() {
    // A second team of OpenMP threads would be more than there are cores, and the teams of such a process
    // wait for each other asleep: a third of the run.
    at::set_num_threads(1);
    const c10::InferenceMode no_gradients;
    make_until_closed();
    timespec used{};
    if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used) == 0) {
        cpu_seconds_ = static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
    }
}

void PreviewMaker::make_until_closed() {
    auto next = std::chrono::steady_clock::now();
    while (true) {
        ready_.acquire();
        if (closing_.try_acquire_until(next)) {
            return;
        }
        const auto estimate = box_.take();
        if (!estimate) {
            continue;
        }
        try {
            if (first_ == std::chrono::steady_clock::time_point{}) {
                use_on_this_thread(estimate->latents.device());
            }
            deliver_(make(*estimate));
            next = std::chrono::steady_clock::now() + interval_;
        } catch (const std::exception&) {
            return; // A preview is a courtesy: the run goes on without.
        }
        if (first_ == std::chrono::steady_clock::time_point{}) {
            first_ = std::chrono::steady_clock::now();
        }
    }
}

Preview PreviewMaker::make(const Estimate0& estimate) const {
    const at::Tensor pixels = fetched(pipeline_.preview(estimate.latents));
    Preview preview;
    preview.draft = estimate.draft;
    preview.step = estimate.step;
    preview.first_frame = lattice_.frames_of(estimate.first_latent).first;
    preview.end_frame = preview.first_frame;
    for (int t = 0; t < pixels.size(0); ++t) {
        const FrameRange stands_for = lattice_.frames_of(estimate.first_latent + t);
        preview.pictures.push_back(picture_of(pixels[t], stands_for.first));
        preview.end_frame = stands_for.first + stands_for.count;
    }
    return preview;
}

} // namespace rushes
