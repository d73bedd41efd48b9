// How long a device works, whatever the CPU does meanwhile.
#pragma once

#include <chrono>
#include <deque>

#include <c10/core/Device.h>
#include <c10/core/Event.h>

namespace rushes {

/// Adds up the time between begin() and end(). Calls that give a GPU work return before it is done, so there
/// the device's own events tell the time; on the CPU a clock does.
class DeviceStopwatch {
public:
    explicit DeviceStopwatch(at::Device device) : device_(device) {}

    void begin();
    void end();

    /// Of all pieces that have ended on the device; never waits.
    double seconds_so_far();

    /// Of all pieces; waits for the device.
    double seconds();

private:
    struct Piece {
        c10::Event begin;
        c10::Event end;
    };

    void add_first();

    at::Device device_;
    double seconds_ = 0;
    std::chrono::steady_clock::time_point begin_{};
    std::deque<Piece> pieces_; ///< that may not be done yet; the last one may not have its end
};

} // namespace rushes
