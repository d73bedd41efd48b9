#include "nn/launch_pace.h"

#include <c10/core/impl/VirtualGuardImpl.h>

namespace rushes {

void LaunchPace::launched() {
    if (device_.is_cpu()) {
        return;
    }
    std::optional<c10::Event>& end = ends_.at(next_);
    next_ = (next_ + 1) % ends_.size();
    if (end) {
        end->synchronize();
    } else {
        end.emplace(device_.type());
    }
    end->record(c10::impl::VirtualGuardImpl(device_.type()).getStream(device_));
}

} // namespace rushes
