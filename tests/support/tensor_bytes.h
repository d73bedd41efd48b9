// How many bytes of tensors there are and were, through libtorch's own hook.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

namespace rushes::test {

/// Counts the tensors that this thread makes as long as it lives.
class TensorBytes {
public:
    std::int64_t live() const { return count_->live; }

    std::int64_t peak() const { return count_->peak; }

private:
    struct Count final : c10::MemoryReportingInfoBase {
        void reportMemoryUsage(void*, std::int64_t bytes, std::size_t, std::size_t, c10::Device) override {
            live += bytes;
            peak = std::max(peak, live);
        }

        bool memoryProfilingEnabled() const override { return true; }

        std::int64_t live = 0;
        std::int64_t peak = 0;
    };

    std::shared_ptr<Count> count_ = std::make_shared<Count>();
    c10::DebugInfoGuard guard_{c10::DebugInfoKind::PROFILER_STATE, count_};
};

} // namespace rushes::test
