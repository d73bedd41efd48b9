// What is done when a clip was made, whoever made it.
#pragma once

#include "generation/frame_store.h"
#include "jobs/job.h"
#include "serve/live_clip.h"
#include "serve/measures.h"

namespace rushes::serve {

ClipShape shape_of(const Plan& plan);

/// Since a moment in milliseconds since 1970.
double seconds_since(std::int64_t unix_ms);

/// What the file keeps of the first, the middle and the last frame, and how still the clip stands. Reads the
/// file.
void judge(const JobResult& result, const FrameStore& store, Measures& measures);

} // namespace rushes::serve
