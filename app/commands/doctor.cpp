// rushes doctor: what this machine is and what it can do, on one screen that can be shown to anybody.
#include "base/bytes_in_words.h"
#include "base/memory.h"
#include "base/paths.h"
#include "commands/machine.h"
#include "commands/run_command.h"
#include "commands/terminal.h"
#include "generation/cuda_driver.h"
#include "generation/engine.h"
#include "generation/memory_check.h"
#include "metrics/speed_book.h"
#include "models/registry.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// The engine and its device, or why there is none.
struct EngineFinding {
    std::optional<DeviceInfo> device;
    double seconds = 0; ///< to load it
    std::string problem;
};

/// A model's default clip on this machine.
struct ModelFinding {
    std::string id;
    std::uint64_t memory_bytes = 0;
    double seconds = -1;  ///< < 0: not known
    bool learned = false; ///< from clips that were made here; else a first guess
    std::string problem;  ///< why it would not run; empty: it would
};

struct Room {
    std::string folder;
    std::uint64_t bytes = 0;
};

EngineFinding find_engine(const DoctorCommand& command) {
    EngineFinding finding;
    const auto start = std::chrono::steady_clock::now();
    try {
        finding.device = load_engine({.device = command.device})->device();
    } catch (const Error& error) {
        finding.problem = std::string(error.what()) + (error.hint().empty() ? "" : " " + error.hint());
    }
    finding.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return finding;
}

ModelFinding examine(const ModelInfo& model, const DeviceInfo& device, const SpeedBook& book) {
    ModelFinding finding;
    finding.id = model.id;
    try {
        const Plan plan = make_plan(default_recipe(model), model, load_options_for(device));
        finding.memory_bytes = plan.peak_memory_bytes;
        const Estimate estimate = book.estimate(plan, device);
        finding.seconds = estimate.seconds;
        finding.learned = estimate.learned;
        if (const auto lack = lack_of_memory(plan, device)) {
            finding.problem = std::string(lack->what()) + " " + lack->hint();
        }
    } catch (const Error& error) {
        finding.problem = error.what();
    }
    return finding;
}

/// "~/.local/share/rushes": a report tells nobody's name.
std::string without_home(std::string text) {
    const char* const variable = std::getenv("HOME");
    const std::string home = variable == nullptr ? "" : variable;
    for (std::size_t at = 0; home.size() > 1 && (at = text.find(home, at)) != std::string::npos;) {
        text.replace(at, home.size(), "~");
    }
    return text;
}

/// Free bytes where clips, models and the cache lie; a folder that is not there yet counts as its parent.
std::vector<Room> rooms() {
    std::vector<Room> found;
    for (const fs::path& folder : {videos_dir(), data_dir(), cache_dir()}) {
        fs::path existing = folder;
        std::error_code error;
        while (!fs::exists(existing, error) && existing.has_relative_path()) {
            existing = existing.parent_path();
        }
        const fs::space_info space = fs::space(existing, error);
        found.push_back({folder.string(), error ? 0 : std::uint64_t{space.available}});
    }
    return found;
}

std::string line(const std::string& label, const std::string& value) {
    return label + std::string(label.size() < 11 ? 11 - label.size() : 1, ' ') + value + "\n";
}

std::string cards_in_words(const CudaDriver& driver) {
    if (!driver.usable()) {
        return line("graphics", driver.problem);
    }
    std::string text;
    for (const GraphicsCard& card : driver.cards) {
        text += line(
            text.empty() ? "graphics" : "",
            card.words() + " (compute capability " + std::to_string(card.capability / 10) + "." +
                std::to_string(card.capability % 10) + ")"
        );
    }
    return text + line("driver", "serves CUDA " + cuda_version_in_words(driver.version));
}

std::string engine_in_words(const EngineFinding& engine) {
    if (!engine.device) {
        return line("engine", engine.problem);
    }
    std::string text = line(
        "engine", "computes on " + engine.device->name + ", loads in " + fixed(engine.seconds, 1) + " s"
    );
    return engine.device->note.empty() ? text : text + line("", engine.device->note);
}

std::string model_in_words(const ModelFinding& model) {
    std::string text = model.id + ": ";
    if (!model.problem.empty()) {
        return text + model.problem;
    }
    text += "runs, about " + bytes_in_words(model.memory_bytes);
    return model.seconds < 0 ? text
                             : text + ", a clip in " + about_seconds(model.seconds) +
                                   (model.learned ? "" : " (a first guess)");
}

/// Those that fit with a line each; of the others, which are many on a small machine, the names.
std::string published_in_words(const std::vector<PublishedModel>& models, std::uint64_t memory) {
    constexpr std::size_t width = 100; // of a line
    std::string text;
    std::string too_large;
    std::string row;
    const auto end_row = [&] {
        too_large += row.empty() ? "" : line(too_large.empty() ? "too large" : "", row);
        row.clear();
    };
    for (const PublishedModel& model : models) {
        const std::string size = bytes_in_words(model.memory_bytes);
        if (model.fits(memory)) {
            text += line(
                text.empty() ? "published" : "",
                model.name + ": fits (" + size + " with all its parts loaded)"
            );
            continue;
        }
        const std::string entry = model.name + " (" + size + ")";
        if (row.size() + entry.size() > width) {
            end_row();
        }
        row += (row.empty() ? "" : ", ") + entry;
    }
    end_row();
    return text + too_large;
}

struct Report {
    CudaDriver driver = ask_cuda_driver();
    EngineFinding engine;
    std::vector<Room> room = rooms();
    std::vector<ModelFinding> models;
    std::vector<std::string> problems; ///< of models that are left out
    std::vector<PublishedModel> published = published_models();

    std::uint64_t memory() const {
        return engine.device && engine.device->memory > 0 ? engine.device->memory : machine_memory().main;
    }
};

std::string in_words(const Report& report) {
    const MachineMemory memory = machine_memory();
    std::string text = line("rushes", RUSHES_VERSION);
    text += line("machine", machine_name());
    text += line(
        "memory",
        bytes_in_words(memory.main) +
            (memory.swap > 0 ? " and " + bytes_in_words(memory.swap) + " of swap" : "")
    );
    text += cards_in_words(report.driver) + engine_in_words(report.engine);
    for (const Room& room : report.room) {
        text += line(
            &room == &report.room.front() ? "disk" : "",
            bytes_in_words(room.bytes) + " free for " + room.folder
        );
    }
    for (const ModelFinding& model : report.models) {
        text += line(&model == &report.models.front() ? "models" : "", model_in_words(model));
    }
    for (const std::string& problem : report.problems) {
        text += line("left out", problem);
    }
    return text + published_in_words(report.published, report.memory());
}

Json to_json(const Report& report) {
    Json cards = Json::array();
    for (const GraphicsCard& card : report.driver.cards) {
        cards.push_back(
            {{"name", card.name}, {"memory_bytes", card.memory_bytes}, {"capability", card.capability}}
        );
    }
    Json models = Json::array();
    for (const ModelFinding& model : report.models) {
        models.push_back({
            {"id", model.id},
            {"runs", model.problem.empty()},
            {"problem", model.problem},
            {"memory_bytes", model.memory_bytes},
            {"seconds", model.seconds < 0 ? Json() : Json(model.seconds)},
            {"seconds_learned", model.learned},
        });
    }
    Json published = Json::array();
    for (const PublishedModel& model : report.published) {
        published.push_back(
            {{"name", model.name}, {"fits", model.fits(report.memory())}, {"memory_bytes", model.memory_bytes}
            }
        );
    }
    Json room = Json::array();
    for (const Room& place : report.room) {
        room.push_back({{"folder", place.folder}, {"free_bytes", place.bytes}});
    }
    const MachineMemory memory = machine_memory();
    const auto& device = report.engine.device;
    return {
        {"version", RUSHES_VERSION},
        {"machine", machine_name()},
        {"memory_bytes", memory.main},
        {"swap_bytes", memory.swap},
        {"driver",
         {{"cuda", report.driver.version > 0 ? Json(cuda_version_in_words(report.driver.version)) : Json()},
          {"problem", report.driver.problem},
          {"cards", cards}}},
        {"engine",
         {{"device", device ? Json(device->name) : Json()},
          {"note", device ? device->note : ""},
          {"problem", report.engine.problem},
          {"load_seconds", report.engine.seconds}}},
        {"disk", room},
        {"models", models},
        {"left_out", report.problems},
        {"published", published},
    };
}

} // namespace

int run_doctor(const DoctorCommand& command) {
    Report report;
    report.engine = find_engine(command);
    const SpeedBook book(SpeedBook::default_file());
    const DeviceInfo device = report.engine.device.value_or(DeviceInfo());
    for (const ModelInfo& model : installed_models(&report.problems)) {
        report.models.push_back(examine(model, device, book));
    }
    print(without_home(command.json ? to_json(report).dump(2) + "\n" : in_words(report)));
    return report.engine.device ? exit_ok : exit_failed;
}

} // namespace rushes
