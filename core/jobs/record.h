// What a job leaves behind beside its file: the clip's record in the library and the machine's learned
// speeds. One place for both front ends.
#pragma once

#include "jobs/job.h"
#include "library/clip_library.h"
#include "metrics/speed_book.h"

#include <string>

namespace rushes {

/// The clip of a job that has one (JobResult::clip), under its absolute path.
ClipRecord record_of(const JobResult& result, const Plan& plan);

/// Takes in the speed of a finished run; one that was stopped, failed or went on from a checkpoint teaches
/// nothing.
void learn_from(const JobResult& result, const Plan& plan, const DeviceInfo& device, SpeedBook& book);

/// Seconds by phase (null: there was none), frames and memory, as one JSON object: kept with the clip and
/// told to programs (docs/command-line.md).
std::string report_json(const RunReport& report);

} // namespace rushes
