// One bar for a model of several components.
#pragma once

#include "nn/weights/weight_index.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <utility>

namespace rushes {

/// Shares the bar among components by their size. It must outlive what part() gives.
class LoadProgress {
public:
    /// `report` may be empty.
    LoadProgress(std::function<void(double fraction)> report, std::uint64_t total_bytes)
        : report_(std::move(report)), total_(std::max(1.0, static_cast<double>(total_bytes))) {}

    /// What the next component to be read tells its own fraction to.
    std::function<void(double)> part(const std::filesystem::path& directory) {
        const auto bytes = static_cast<double>(index_weights(directory).bytes());
        const double before = done_;
        done_ += bytes;
        return [this, before, bytes](double fraction) { tell((before + bytes * fraction) / total_); };
    }

    void tell(double fraction) const {
        if (report_) {
            report_(std::min(fraction, 1.0));
        }
    }

private:
    std::function<void(double)> report_;
    double total_;
    double done_ = 0;
};

} // namespace rushes
