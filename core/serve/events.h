// What clients are told, as JSON texts (resources/serve/openapi.json has every key).
#pragma once

#include "base/error.h"
#include "generation/engine.h"
#include "jobs/job.h"
#include "jobs/job_queue.h"
#include "library/clip_library.h"
#include "metrics/alerts.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace rushes::serve {

using Json = nlohmann::ordered_json;

/// One line, also where a sentence holds broken UTF-8.
std::string text_of(const Json& json);

/// {"kind", "message", "hint"}
Json json_of(const Error& error);
/// A recipe without where its files lie on this machine: their hashes tell them apart.
Json json_of(const Recipe& recipe);
Json json_of(const Job& job);
Json json_of(const ClipRecord& clip);
Json json_of(const std::vector<Alert>& alerts);

std::string progress_event(const std::string& job, const Progress& progress);
std::string preview_event(const std::string& job, const Preview& preview);
/// The end of a run that left a clip (finished or stopped): `clip` is the one of the library.
std::string complete_event(const std::string& job, const ClipRecord& clip, bool cached);
/// The end of a job without one: failed, cancelled before its first frame.
std::string failed_event(const std::string& job, const Error& error);
std::string cancelled_event(const std::string& job);
std::string error_event(const Error& error, const std::string& ref);
std::string dropped_event(const std::string& job, std::int64_t from, std::int64_t to);
std::string pong_event(const std::string& ref);
/// What is not well now; empty: all is.
std::string alert_event(const std::vector<Alert>& alerts);
/// Something in the list of jobs or clips changed.
std::string queue_event();

} // namespace rushes::serve
