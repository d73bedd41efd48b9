#include "generation/phase_gauge.h"

#include "generation/device_memory.h"

#include <algorithm>
#include <memory>

#include <ATen/core/function_schema.h>

namespace rushes {

namespace {

/// An operator that is being called.
struct Call : at::ObserverContext {
    Call* outer = nullptr;
    bool calls_others = false;
};

thread_local Call* innermost = nullptr;
thread_local std::uint64_t calls_made = 0;

/// Shares memory with what it was given and changes nothing in it.
bool is_view(const at::RecordFunction& function) {
    const auto schema = function.operator_schema();
    return schema && std::ranges::any_of(schema->returns(), [](const c10::Argument& result) {
               return result.alias_info() != nullptr && !result.alias_info()->isWrite();
           });
}

std::unique_ptr<at::ObserverContext> begins(const at::RecordFunction& /*function*/) {
    auto call = std::make_unique<Call>();
    call->outer = innermost;
    if (innermost != nullptr) {
        innermost->calls_others = true;
    }
    innermost = call.get();
    return call;
}

void ends(const at::RecordFunction& function, at::ObserverContext* context) {
    const auto* const call = static_cast<Call*>(context);
    innermost = call->outer;
    if (!call->calls_others && !is_view(function)) {
        ++calls_made;
    }
}

} // namespace

OperatorCount::OperatorCount()
    : handle_(at::addThreadLocalCallback(
          at::RecordFunctionCallback(begins, ends).scopes({at::RecordScope::FUNCTION})
      )) {}

OperatorCount::~OperatorCount() {
    at::removeCallback(handle_);
}

std::uint64_t OperatorCount::calls() const {
    return calls_made;
}

PhaseGauge::PhaseGauge(c10::Device device, bool measures) : device_(device) {
    if (measures) {
        operators_.emplace();
    }
}

void PhaseGauge::begin() {
    if (operators_) {
        operators_before_ = operators_->calls();
        peak_before_ = peak_memory_bytes();
        forget_peak_memory(device_);
    }
}

void PhaseGauge::end(PhaseReport& phase) {
    if (operators_) {
        phase.operators += operators_->calls() - operators_before_;
        phase.peak_memory_bytes = std::max(phase.peak_memory_bytes, peak_memory(device_));
    }
}

std::uint64_t PhaseGauge::peak_memory_bytes() const {
    return std::max(peak_before_, peak_memory(device_));
}

} // namespace rushes
