// How long what waits will take, learned from this machine's own runs.
#pragma once

#include "jobs/job_queue.h"
#include "metrics/speed_book.h"

#include <span>
#include <string>
#include <vector>

namespace rushes {

struct QueueEstimate {
    std::vector<double> seconds; ///< one a job, with loading its model where that is needed; < 0: not known
    double total = 0;            ///< of the known ones
    int unknown = 0;             ///< whose model is not here, or which can't be planned
};

/// `jobs` in the order in which they will run; `loaded`: the model and number format that the engine holds
/// ("id dtype"; empty: none).
QueueEstimate estimate_queue(
    std::span<const Job> jobs,
    std::span<const ModelInfo> models,
    const SpeedBook& book,
    const DeviceInfo& device,
    std::string loaded = {}
);

} // namespace rushes
