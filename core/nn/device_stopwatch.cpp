#include "nn/device_stopwatch.h"

#include <c10/core/impl/VirtualGuardImpl.h>

namespace rushes {
namespace {

using Clock = std::chrono::steady_clock;

void record(c10::Event& event, at::Device device) {
    event.record(c10::impl::VirtualGuardImpl(device.type()).getStream(device));
}

c10::Event timed_event(at::Device device) {
    return {device.type(), c10::EventFlag::BACKEND_DEFAULT};
}

} // namespace

void DeviceStopwatch::begin() {
    if (device_.is_cpu()) {
        begin_ = Clock::now();
        return;
    }
    pieces_.push_back({timed_event(device_), timed_event(device_)});
    record(pieces_.back().begin, device_);
}

void DeviceStopwatch::end() {
    if (device_.is_cpu()) {
        seconds_ += std::chrono::duration<double>(Clock::now() - begin_).count();
        return;
    }
    record(pieces_.back().end, device_);
}

/// The first piece is done.
void DeviceStopwatch::add_first() {
    constexpr double milli = 1e-3;
    const Piece& piece = pieces_.front();
    seconds_ += piece.begin.elapsedTime(piece.end) * milli;
    pieces_.pop_front();
}

double DeviceStopwatch::seconds_so_far() {
    while (!pieces_.empty() && pieces_.front().end.was_marked_for_recording() && pieces_.front().end.query()
    ) {
        add_first();
    }
    return seconds_;
}

double DeviceStopwatch::seconds() {
    while (!pieces_.empty()) {
        if (!pieces_.front().end.was_marked_for_recording()) {
            pieces_.pop_front(); // a throw came between
            continue;
        }
        pieces_.front().end.synchronize();
        add_first();
    }
    return seconds_;
}

} // namespace rushes
