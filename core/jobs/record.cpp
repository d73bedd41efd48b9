#include "jobs/record.h"

#include <nlohmann/json.hpp>
#include <system_error>

namespace rushes {
namespace {

using Json = nlohmann::ordered_json;

ClipState state_of(const Outcome& outcome) {
    return std::holds_alternative<Finished>(outcome)       ? ClipState::finished
           : std::holds_alternative<StoppedEarly>(outcome) ? ClipState::stopped
                                                           : ClipState::failed;
}

Json seconds_or_null(double seconds) {
    return seconds < 0 ? Json() : Json(seconds);
}

Json json_of(const RunReport& report) {
    Json json{
        {"load_seconds", report.load_seconds},
        {"lora_seconds", report.lora_seconds},
        {"text_seconds", report.text_seconds},
        {"first_preview_seconds", seconds_or_null(report.first_preview_seconds)},
        {"first_frame_seconds", seconds_or_null(report.first_frame_seconds)},
        {"denoise_seconds", report.denoise_seconds},
        {"decode_seconds", report.decode_seconds},
        {"preview_seconds", report.preview_seconds},
        {"preview_cpu_seconds", report.preview_cpu_seconds},
        {"total_seconds", report.total_seconds},
        {"frames", report.frames},
        {"peak_memory_bytes", report.peak_memory_bytes},
        {"restored", report.restored},
    };
    if (report.draft) {
        json["draft"] = json_of(*report.draft);
    }
    return json;
}

} // namespace

ClipRecord record_of(const JobResult& result, const Plan& plan) {
    std::error_code error;
    ClipRecord record;
    record.file = std::filesystem::absolute(result.clip->path, error);
    record.recipe = steered(plan.recipe, result.steered);
    record.state = state_of(result.outcome);
    record.width = result.clip->width;
    record.height = result.clip->height;
    record.frames = result.clip->frames;
    record.seconds_to_make = result.seconds;
    record.report_json = report_json(report_of(result.outcome));
    return record;
}

void learn_from(const JobResult& result, const Plan& plan, const DeviceInfo& device, SpeedBook& book) {
    const auto* const finished = std::get_if<Finished>(&result.outcome);
    if (finished != nullptr && finished->report.restored == 0) {
        book.learn(plan, device, finished->report);
    }
}

std::string report_json(const RunReport& report) {
    return json_of(report).dump();
}

} // namespace rushes
