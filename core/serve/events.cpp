#include "serve/events.h"

#include "base/error_words.h"
#include "jobs/progress_json.h"

#include <nlohmann/json.hpp>

namespace rushes::serve {

namespace {

const char* to_word(ClipState state) {
    return state == ClipState::finished ? "finished" : state == ClipState::stopped ? "stopped" : "failed";
}

/// What the library keeps of seconds by phase; an empty object for a clip of an older program.
Json report_of(const ClipRecord& clip) {
    Json report = Json::parse(clip.report_json, nullptr, false);
    if (!report.is_object()) {
        return Json::object();
    }
    if (report.contains("edited")) { // what it was cut from: where that lay is nobody's business here
        for (Json& part : report["edited"]["parts"]) {
            part.erase("path");
        }
    }
    return report;
}

} // namespace

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json json_of(const Error& error) {
    return {{"kind", kind_word(error.kind())}, {"message", error.what()}, {"hint", error.hint()}};
}

Json json_of(const Recipe& recipe) {
    Json json = Json::parse(to_json(recipe));
    for (const char* const files : {"inputs", "loras"}) {
        if (json.contains(files)) {
            for (Json& file : json[files]) {
                file.erase("path");
            }
        }
    }
    return json;
}

Json json_of(const Job& job) {
    Json json{
        {"id", job.id},
        {"state", to_text(job.state)},
        {"recipe", json_of(job.recipe)},
        {"attempts", job.attempts},
        {"created_unix_ms", job.created_unix_ms},
    };
    if (!job.failure.empty()) {
        json["failure"] = job.failure;
        json["hint"] = job.hint;
    }
    return json;
}

Json json_of(const ClipRecord& clip) {
    return {
        {"id", clip.id},
        {"name", clip.file.filename().string()},
        {"state", to_word(clip.state)},
        {"recipe", json_of(clip.recipe)},
        {"width", clip.width},
        {"height", clip.height},
        {"frames", clip.frames},
        {"frame_rate", {clip.recipe.frame_rate.num, clip.recipe.frame_rate.den}},
        {"seconds_to_make", clip.seconds_to_make},
        {"created_unix_ms", clip.created_unix_ms},
        {"favourite", clip.favourite},
        {"report", report_of(clip)},
    };
}

std::string progress_event(const std::string& job, const Progress& progress) {
    Json json{{"type", "progress"}, {"job", job}};
    json.update(progress_json(progress));
    return text_of(json);
}

std::string preview_event(const std::string& job, const Preview& preview) {
    return text_of({
        {"type", "preview"},
        {"job", job},
        {"draft", preview.draft},
        {"step", preview.step},
        {"first_frame", preview.first_frame},
        {"end_frame", preview.end_frame},
        {"pictures", preview.pictures.size()},
    });
}

std::string complete_event(const std::string& job, const ClipRecord& clip, bool cached) {
    return text_of({
        {"type", "complete"},
        {"job", job},
        {"state", to_word(clip.state)},
        {"cached", cached},
        {"clip", json_of(clip)},
        {"file", "/v1/jobs/" + job + "/file"},
    });
}

std::string failed_event(const std::string& job, const Error& error) {
    Json json{{"type", "failed"}, {"job", job}};
    json.update(json_of(error));
    return text_of(json);
}

std::string cancelled_event(const std::string& job) {
    return text_of({{"type", "cancelled"}, {"job", job}});
}

std::string error_event(const Error& error, const std::string& ref) {
    Json json{{"type", "error"}, {"ref", ref}};
    json.update(json_of(error));
    return text_of(json);
}

std::string dropped_event(const std::string& job, std::int64_t from, std::int64_t to) {
    return text_of({{"type", "dropped"}, {"job", job}, {"from", from}, {"to", to}});
}

std::string pong_event(const std::string& ref) {
    return text_of({{"type", "pong"}, {"ref", ref}});
}

Json json_of(const std::vector<Alert>& alerts) {
    Json list = Json::array();
    for (const Alert& alert : alerts) {
        list.push_back(
            {{"id", alert.id},
             {"sentence", alert.sentence},
             {"value", alert.value},
             {"threshold", alert.threshold}}
        );
    }
    return list;
}

std::string alert_event(const std::vector<Alert>& alerts) {
    return text_of({{"type", "alert"}, {"alerts", json_of(alerts)}});
}

std::string queue_event() {
    return R"({"type":"queue"})";
}

} // namespace rushes::serve
