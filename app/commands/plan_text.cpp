#include "commands/plan_text.h"

#include "base/bytes_in_words.h"
#include "base/error_words.h"
#include "commands/terminal.h"
#include "jobs/record.h"

#include <utility>
#include <vector>

namespace rushes {
namespace {

using Json = nlohmann::ordered_json;

std::string size_in_words(int width, int height) {
    return std::to_string(width) + "x" + std::to_string(height);
}

std::string pass_in_words(const Plan& plan, std::size_t index) {
    const Pass& pass = plan.passes[index];
    const std::string by = plan.is_draft ? " by " + plan.model.id : "";
    return (plan.is_final(index) ? "final" : "draft" + by) + ": " + size_in_words(pass.width, pass.height) +
           ", " + std::to_string(pass.frames) + " frames, " + std::to_string(pass.steps) +
           " steps, guidance " + fixed(pass.guidance_scale, 1) + ", scheduler " + pass.scheduler + ", " +
           fixed(plan.pass_work[index].total(), 0) + " GFLOP";
}

/// In the order in which they run.
std::vector<std::pair<const Plan*, std::size_t>> passes_of(const Plan& plan) {
    std::vector<std::pair<const Plan*, std::size_t>> passes;
    for (const Plan* part : {plan.draft.get(), &plan}) {
        for (std::size_t i = 0; part != nullptr && i < part->passes.size(); ++i) {
            passes.emplace_back(part, i);
        }
    }
    return passes;
}

Json seconds_or_null(double seconds) {
    return seconds < 0 ? Json() : Json(seconds);
}

const char* place_in_words(DenoiserPlace place) {
    switch (place) {
    case DenoiserPlace::swapped:
        return "swapped";
    case DenoiserPlace::streamed:
        return "streamed";
    case DenoiserPlace::resident:
        break;
    }
    return "resident";
}

const char* way_in_words(DecodeWay way) {
    switch (way) {
    case DecodeWay::frames:
        return "frames";
    case DecodeWay::tiles:
        return "tiles";
    case DecodeWay::whole:
        break;
    }
    return "whole";
}

} // namespace

std::string savings_in_words(const Plan& plan) {
    std::string text;
    if (plan.denoiser == DenoiserPlace::swapped) {
        text += ", one transformer on the card at a time";
    } else if (plan.denoiser == DenoiserPlace::streamed) {
        text += ", the model's layers coming from main memory one by one";
    }
    text += plan.text_on_cpu ? ", the text read by the CPU" : "";
    const DecodeWay way = plan.passes.back().decode;
    return text + (way == DecodeWay::frames  ? ", decoded frame by frame"
                   : way == DecodeWay::tiles ? ", decoded in tiles that are blended"
                                             : "");
}

std::string plan_in_words(const JobRequest& request, const Estimate& estimate, const DeviceInfo& device) {
    const Plan& plan = request.plan;
    const Recipe& recipe = plan.recipe;
    std::string text = "model    " + plan.model.id + " (" + recipe.dtype + ") on " + device.name + "\n";
    if (!device.note.empty()) {
        text += "         " + device.note + "\n";
    }
    text += "prompt   " + recipe.prompt + "\n";
    text += "seed     " + std::to_string(recipe.seed) + "\n";
    text += "length   " + std::to_string(recipe.frames) + " frames, " +
            fixed(recipe.frames / recipe.frame_rate.fps(), 1) + " s at " + fixed(recipe.frame_rate.fps(), 2) +
            " frames a second\n";
    const char* head = "passes   ";
    for (const auto& [part, index] : passes_of(plan)) {
        text += std::exchange(head, "         ") + pass_in_words(*part, index) + "\n";
    }
    for (const std::string& change : plan.changes) {
        text += "changed  " + change + "\n";
    }
    const auto& settings = request.settings;
    text += "file     " + request.output.string() + ", " +
            (settings.width > 0 ? size_in_words(settings.width, settings.height)
                                : size_in_words(recipe.width, recipe.height)) +
            ", at most " + bytes_in_words(estimated_file_bytes(request)) + "\n";
    text += "memory   about " + bytes_in_words(plan.peak_memory_bytes) + savings_in_words(plan) +
            (plan.draft_stays ? ", both models at once"
             : plan.draft     ? ", one model at a time"
                              : "") +
            "\n";
    const bool loads_each_time = plan.draft && !plan.draft_stays;
    text += "time     " + about_seconds(estimate.seconds) + (estimate.learned ? "" : " (a first guess)") +
            (loads_each_time ? ", the models read one after the other within it\n"
                             : ", and " + about_seconds(estimate.load_seconds) + " to load the model" +
                                   (plan.draft ? "s\n" : "\n"));
    return text;
}

Json plan_json(const JobRequest& request, const Estimate& estimate, const DeviceInfo& device) {
    const Plan& plan = request.plan;
    Json passes = Json::array();
    for (const auto& [part, index] : passes_of(plan)) {
        const Pass& pass = part->passes[index];
        passes.push_back({
            {"draft", !part->is_final(index)},
            {"model", part->model.id},
            {"width", pass.width},
            {"height", pass.height},
            {"frames", pass.frames},
            {"steps", pass.steps},
            {"guidance_scale", pass.guidance_scale},
            {"scheduler", pass.scheduler},
            {"gflop", part->pass_work[index].total()},
        });
    }
    return {
        {"event", "plan"},
        {"recipe", Json::parse(to_json(plan.recipe))},
        {"device", device.name},
        {"device_note", device.note},
        {"file", request.output.string()},
        {"passes", passes},
        {"changes", plan.changes},
        {"peak_memory_bytes", plan.peak_memory_bytes},
        {"denoiser", place_in_words(plan.denoiser)},
        {"text_on_cpu", plan.text_on_cpu},
        {"decoding", way_in_words(plan.passes.back().decode)},
        {"file_bytes_at_most", estimated_file_bytes(request)},
        {"estimate_seconds", estimate.seconds},
        {"estimate_load_seconds", estimate.load_seconds},
        {"estimate_learned", estimate.learned},
    };
}

Json result_json(const JobResult& result) {
    Json json{{"event", "finished"}};
    if (const auto* const failed = std::get_if<Failed>(&result.outcome)) {
        json["event"] = "failed";
        json["kind"] = kind_word(failed->error.kind());
        json["message"] = failed->error.what();
        json["hint"] = failed->error.hint();
    } else if (std::holds_alternative<StoppedEarly>(result.outcome)) {
        json["event"] = "stopped";
    }
    json["file"] = result.clip ? Json(result.clip->path.string()) : Json();
    if (result.clip) {
        json["encoder"] = result.clip->encoder;
        json["note"] = result.clip->note;
        json["frames_written"] = result.clip->frames;
        json["first_bytes_seconds"] = seconds_or_null(result.clip->first_bytes_seconds);
        json["finish_seconds"] = result.clip->finish_seconds;
    }
    json["encode_seconds"] = result.encode_seconds;
    json["seconds"] = result.seconds;
    json["report"] = Json::parse(report_json(report_of(result.outcome)));
    return json;
}

std::string result_in_words(const JobRequest& request, const JobResult& result) {
    const RunReport& report = report_of(result.outcome);
    const Recipe& recipe = request.plan.recipe;
    const double seconds = result.clip->frames / recipe.frame_rate.fps();
    std::string text = result.clip->path.string() + ": " + std::to_string(result.clip->frames) + " frames, " +
                       fixed(seconds, 1) + " s, made in " + fixed(result.seconds, 1) + " s";
    if (report.first_frame_seconds >= 0) {
        text += " (first frame after " + fixed(report.first_frame_seconds, 2) + " s)";
    }
    text += ", seed " + std::to_string(recipe.seed);
    return report.draft ? text + ", the draft by " + request.plan.draft->model.id : text;
}

} // namespace rushes
