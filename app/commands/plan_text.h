// A plan and its end, for people and for programs.
#pragma once

#include "jobs/job.h"
#include "metrics/speed_book.h"

#include <nlohmann/json.hpp>
#include <string>

namespace rushes {

/// How a clip fits into a card that has no room for all of the model: ", decoded frame by frame"; empty: it
/// has.
std::string savings_in_words(const Plan& plan);

/// What will be done: passes, changes, memory, time.
std::string plan_in_words(const JobRequest& request, const Estimate& estimate, const DeviceInfo& device);

/// {"event": "plan", ...} (docs/command-line.md)
nlohmann::ordered_json
plan_json(const JobRequest& request, const Estimate& estimate, const DeviceInfo& device);

/// {"event": "finished" | "stopped" | "failed", ...}
nlohmann::ordered_json result_json(const JobResult& result);

/// "ball.mp4: 33 frames, 2.8 s at 12 frames a second, 160x96, made in 3.1 s (first frame after 0.3 s)"
std::string result_in_words(const JobRequest& request, const JobResult& result);

} // namespace rushes
