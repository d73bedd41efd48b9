#include "serve/run_end.h"

#include "media/clip_reader.h"
#include "media/quality.h"

#include <algorithm>

namespace rushes::serve {

ClipShape shape_of(const Plan& plan) {
    const Pass& last = plan.passes.back();
    const std::int64_t drafts = plan.first_look() != nullptr ? plan.first_look()->frames : 0;
    return {last.width, last.height, last.frames, drafts, plan.recipe.frame_rate};
}

double seconds_since(std::int64_t unix_ms) {
    return std::max(0.0, (unix_ms_now() - static_cast<double>(unix_ms)) / 1000);
}

void judge(const JobResult& result, const FrameStore& store, Measures& measures) {
    if (!result.clip || !std::holds_alternative<Finished>(result.outcome)) {
        return;
    }
    try {
        ClipReader reader(result.clip->path);
        const std::int64_t last = result.clip->frames - 1;
        double sum = 0;
        int compared = 0;
        for (const std::int64_t index : {std::int64_t{0}, last / 2, last}) {
            const FramePtr made = store.try_get(index);
            const FramePtr kept = reader.at(index);
            if (made != nullptr && kept != nullptr && made->width == kept->width &&
                made->height == kept->height) {
                sum += ssim(*made, *kept);
                ++compared;
            }
        }
        constexpr std::int64_t looked_at = 16; // consecutive frames are enough for a mean
        FlickerMeter flicker;
        for (std::int64_t index = 0; index <= std::min(last, looked_at); ++index) {
            if (FramePtr frame = store.try_get(index)) {
                flicker.add(std::move(frame));
            }
        }
        if (compared > 0) {
            measures.quality(sum / compared, flicker.value().mean);
        }
    } catch (const Error&) {
        // Removed meanwhile: nothing to judge.
    }
}

} // namespace rushes::serve
