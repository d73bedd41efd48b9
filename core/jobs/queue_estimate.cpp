#include "jobs/queue_estimate.h"

#include "generation/drafting.h"

#include <algorithm>

namespace rushes {

QueueEstimate estimate_queue(
    std::span<const Job> jobs,
    std::span<const ModelInfo> models,
    const SpeedBook& book,
    const DeviceInfo& device,
    std::string loaded
) {
    QueueEstimate queue;
    for (const Job& job : jobs) {
        const auto model = std::ranges::find(models, job.recipe.model, &ModelInfo::id);
        double seconds = -1;
        try {
            if (model != models.end()) {
                const Plan plan =
                    make_plan(job.recipe, *model, load_options_for(device), drafter_of(job.recipe, models));
                const Estimate estimate = book.estimate(plan, device);
                const std::string needs = plan.recipe.model + ' ' + plan.recipe.dtype;
                seconds = estimate.seconds + (needs == loaded ? 0 : estimate.load_seconds);
                loaded = needs;
            }
        } catch (const Error&) {
            seconds = -1; // it will say why when its turn comes
        }
        queue.seconds.push_back(seconds);
        queue.total += std::max(0.0, seconds);
        queue.unknown += seconds < 0 ? 1 : 0;
    }
    return queue;
}

} // namespace rushes
