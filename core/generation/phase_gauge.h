// What the phases of a run take beside time: memory at their peak, and operators that are called.
#pragma once

#include "generation/engine.h"
#include "nn/device_stopwatch.h"

#include <cstdint>
#include <optional>

#include <ATen/record_function.h>
#include <c10/core/Device.h>

namespace rushes {

/// Operators of libtorch that this thread calls from now on: those that call no others, and are no views.
class OperatorCount {
public:
    OperatorCount();
    ~OperatorCount();
    OperatorCount(const OperatorCount&) = delete;
    OperatorCount& operator=(const OperatorCount&) = delete;

    std::uint64_t calls() const;

private:
    at::CallbackHandle handle_;
};

/// Used by the thread that computes, one phase at a time.
class PhaseGauge {
public:
    /// `measures`: else it does nothing.
    PhaseGauge(c10::Device device, bool measures);

    /// A piece of a phase, which there may be several of.
    void begin();
    void end(PhaseReport& phase);

    /// Of the device, of the whole run so far.
    std::uint64_t peak_memory_bytes() const;

private:
    c10::Device device_;
    std::optional<OperatorCount> operators_;
    std::uint64_t operators_before_ = 0;
    std::uint64_t peak_before_ = 0;
};

/// The pieces of one phase: their time, and what else the gauge measures.
class MeasuredPhase {
public:
    MeasuredPhase(c10::Device device, PhaseGauge& gauge, PhaseReport& report)
        : time_(device), gauge_(gauge), report_(report) {}

    void begin() {
        gauge_.begin();
        time_.begin();
    }

    void end() {
        time_.end();
        gauge_.end(report_);
    }

    double seconds() { return time_.seconds(); }

    double seconds_so_far() { return time_.seconds_so_far(); }

private:
    DeviceStopwatch time_;
    PhaseGauge& gauge_;
    PhaseReport& report_;
};

} // namespace rushes
