#include "metrics/speed_book.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "metrics/percentiles.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

using Json = nlohmann::json;

constexpr std::size_t samples_kept = 9; ///< odd: the median is a run that was
constexpr int file_version = 1;
// First guess, in seconds per GFLOP: what two ordinary cores and what a small GPU do.
constexpr double cpu_guess = 1.0 / 60;
constexpr double gpu_guess = 1.0 / 20'000;
/// Of what the data sheet says: seen on an H200 (denoising 490 of 989 TFLOP/s, decoding 280).
constexpr double gpu_efficiency = 0.4;
constexpr double load_guess_per_byte = 1.0 / 1e9;

std::string key_of(const Plan& plan, const DeviceInfo& device) {
    return device.name + " | " + plan.model.hash + " | " + plan.recipe.dtype;
}

void add(std::vector<double>& samples, double value) {
    if (!std::isfinite(value) || value <= 0) {
        return;
    }
    samples.push_back(value);
    if (samples.size() > samples_kept) {
        samples.erase(samples.begin());
    }
}

std::vector<double> samples_from(const Json& entry, const char* name) {
    std::vector<double> samples;
    if (const auto found = entry.find(name); found != entry.end() && found->is_array()) {
        for (const Json& value : *found) {
            add(samples, value.is_number() ? value.get<double>() : 0);
        }
    }
    return samples;
}

/// Seconds per GFLOP.
double guess_for(const DeviceInfo& device) {
    if (device.kind == DeviceKind::cpu) {
        return cpu_guess;
    }
    return device.flop_per_second > 0 ? 1e9 / (gpu_efficiency * device.flop_per_second) : gpu_guess;
}

/// Where there is no room for both models each run reads both.
Estimate with_draft(Estimate clip, const Estimate& draft, bool both_stay) {
    const double load = clip.load_seconds + draft.load_seconds;
    clip.seconds += draft.seconds + (both_stay ? 0 : load);
    clip.load_seconds = both_stay ? load : 0;
    clip.learned = clip.learned && draft.learned;
    return clip;
}

} // namespace

SpeedBook::SpeedBook(std::filesystem::path file) : file_(std::move(file)) {
    read();
}

std::filesystem::path SpeedBook::default_file() {
    return state_dir() / "speeds.json";
}

void SpeedBook::read() {
    book_.clear();
    Json json;
    try {
        json = Json::parse(read_file(file_), nullptr, /*allow_exceptions=*/false);
    } catch (const Error&) {
        return;
    }
    if (!json.is_object() || json.value("version", Json()) != file_version || !json["speeds"].is_object()) {
        return;
    }
    for (const auto& [key, entry] : json["speeds"].items()) {
        if (entry.is_object()) {
            book_[key] = {
                samples_from(entry, "denoise"), samples_from(entry, "decode"), samples_from(entry, "load")
            };
        }
    }
}

void SpeedBook::write() const {
    Json speeds = Json::object();
    for (const auto& [key, samples] : book_) {
        speeds[key] = {{"denoise", samples.denoise}, {"decode", samples.decode}, {"load", samples.load}};
    }
    const Json json{{"version", file_version}, {"speeds", speeds}};
    try {
        write_file(file_, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
    } catch (const Error&) {
        // A full disk costs an estimate, not a clip.
    }
}

void SpeedBook::learn(const Plan& plan, const DeviceInfo& device, const RunReport& report) {
    read();
    PassWork work;
    for (const PassWork& pass : plan.pass_work) {
        work.denoise += pass.denoise;
        work.decode += pass.decode;
    }
    Samples& samples = book_[key_of(plan, device)];
    if (work.denoise > 0 && work.decode > 0) {
        add(samples.denoise, report.denoise_seconds / work.denoise);
        add(samples.decode, report.decode_seconds / work.decode);
    }
    add(samples.load, report.load_seconds);
    write();
    if (plan.draft && report.draft) {
        learn(*plan.draft, device, *report.draft);
    }
}

Estimate SpeedBook::estimate(const Plan& plan, const DeviceInfo& device) const {
    const auto found = book_.find(key_of(plan, device));
    const bool learned =
        found != book_.end() && !found->second.denoise.empty() && !found->second.decode.empty();
    const double guess = guess_for(device);
    const double denoise = learned ? percentile(found->second.denoise, 50) : guess;
    const double decode = learned ? percentile(found->second.decode, 50) : guess;
    Estimate estimate;
    estimate.learned = learned;
    for (const PassWork& pass : plan.pass_work) {
        estimate.seconds += pass.denoise * denoise + pass.decode * decode;
    }
    const bool loaded_before = found != book_.end() && !found->second.load.empty();
    estimate.load_seconds = loaded_before
                                ? percentile(found->second.load, 50)
                                : static_cast<double>(plan.model.weight_bytes) * load_guess_per_byte;
    return plan.draft ? with_draft(estimate, this->estimate(*plan.draft, device), plan.draft_stays)
                      : estimate;
}

std::string about_seconds(double seconds) {
    if (seconds < 1) {
        return "less than a second";
    }
    if (seconds < 90) {
        return "about " + std::to_string(std::lround(seconds)) + " s";
    }
    const long minutes = std::lround(seconds / 60);
    if (minutes < 60) {
        return "about " + std::to_string(minutes) + " min";
    }
    return "about " + std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

} // namespace rushes
