// A part of a model that one phase of a run needs: it stays in memory, or is read again each time.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <utility>

namespace rushes {

template <typename Part>
class PhasePart {
public:
    using Progress = std::function<void(double fraction)>;
    using Load = std::function<Part(const Progress& progress, const std::stop_token& stop)>;

    /// Reads it at once when it is to stay (residency.h).
    PhasePart(Load load, bool stays, const Progress& progress, const std::stop_token& stop)
        : load_(std::move(load)) {
        if (stays) {
            held_.emplace(load_(progress, stop));
        }
    }

    /// use(part); what was read for it is gone afterwards.
    template <typename Use>
    auto with(const Use& use, const Progress& progress, const std::stop_token& stop) const {
        return held_ ? use(*held_) : use(load_(progress, stop));
    }

private:
    Load load_;
    std::optional<Part> held_;
};

} // namespace rushes
