#include "commands/bench_matrix.h"

#include "base/bytes_in_words.h"
#include "commands/bench_run.h"
#include "commands/machine.h"
#include "commands/plan_text.h"
#include "commands/request.h"
#include "commands/terminal.h"
#include "commands/weight_files.h"
#include "generation/engine.h"
#include "metrics/percentiles.h"
#include "models/companions.h"
#include "models/registry.h"

#include <algorithm>
#include <filesystem>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Models by name, and those that are written for the matrix alone.
class MatrixModels {
public:
    explicit MatrixModels(const ScratchFolder& scratch) : scratch_(scratch) {}

    ModelInfo find(const std::string& name, const std::stop_token& stop) const {
        const std::vector<ModelPreset> presets = model_presets();
        if (fs::exists(name) || !std::ranges::count(presets, name, &ModelPreset::name)) {
            GenerateCommand command;
            if (!name.empty()) {
                command.model = name;
            }
            return model_of(command, Recipe());
        }
        std::string folder = name;
        std::ranges::replace(folder, '/', '-');
        const fs::path directory = scratch_.file(folder);
        if (!fs::exists(directory)) {
            write_random_weights(name, directory, stop);
        }
        return describe_model(directory);
    }

private:
    const ScratchFolder& scratch_;
};

template <typename T>
std::vector<T> or_else(const std::vector<T>& given, std::vector<T> usual) {
    return given.empty() ? usual : given;
}

std::vector<std::string> sizes_of(const ModelInfo& model) {
    if (model.lattice.sizes.empty()) {
        return {""};
    }
    const PictureSize size = model.lattice.sizes.front();
    return {std::to_string(size.width) + "x" + std::to_string(size.height)};
}

std::vector<int> steps_of(const ModelInfo& model) {
    std::vector<int> steps{model.default_steps};
    for (const Tier& tier : model.tiers) {
        if (!model.fixed_steps && !std::ranges::count(steps, tier.steps)) {
            steps.push_back(tier.steps);
        }
    }
    std::ranges::sort(steps);
    return steps;
}

std::vector<std::string> decoders_of(const ModelInfo& model) {
    return model.parts.contains(tiny_decoder_part) ? std::vector<std::string>{"full", "fast"}
                                                   : std::vector<std::string>{"full"};
}

/// The combinations of one model, in an order that loads it once for each number format.
std::vector<MatrixRow> rows_of(const BenchMatrix& matrix, const std::string& name, const ModelInfo& model) {
    std::vector<MatrixRow> rows;
    for (const std::string& dtype : or_else(matrix.dtypes, {"fp32", "bf16"})) {
        for (const std::string& size : or_else(matrix.sizes, sizes_of(model))) {
            for (const int steps : or_else(matrix.steps, steps_of(model))) {
                for (const std::string& decoder : or_else(matrix.decoders, decoders_of(model))) {
                    MatrixRow row;
                    row.model = name.empty() ? model.id : name;
                    const std::size_t by = size.find('x');
                    if (by != std::string::npos) {
                        row.width = std::stoi(size.substr(0, by));
                        row.height = std::stoi(size.substr(by + 1));
                    }
                    row.frames = matrix.frames;
                    row.steps = steps;
                    row.dtype = dtype;
                    row.decoder = decoder;
                    rows.push_back(row);
                }
            }
        }
    }
    return rows;
}

Recipe recipe_of(const MatrixRow& row, const ModelInfo& model) {
    Recipe recipe;
    recipe.prompt = bench_prompt(model);
    recipe.model = model.id;
    recipe.seed = 1;
    recipe.width = row.width;
    recipe.height = row.height;
    recipe.frames = row.frames;
    recipe.steps = row.steps;
    recipe.dtype = row.dtype;
    recipe.fast_decode = row.decoder == "fast";
    recipe.draft = false;
    return recipe;
}

/// What the plan made of the wish, and what it foretells.
void take_plan(MatrixRow& row, const Plan& plan) {
    const Pass& pass = plan.passes.back();
    row.width = pass.width;
    row.height = pass.height;
    row.frames = pass.frames;
    row.steps = pass.steps;
    row.guidance_scale = pass.guidance_scale;
    const RunCost& cost = plan.costs.back();
    row.whole.foretold = static_cast<double>(plan.peak_memory_bytes);
    // What the largest phase takes beside all of them.
    const double beside = row.whole.foretold - (cost.peak_bytes() - cost.resident_bytes());
    row.text.foretold = beside + cost.text.bytes;
    row.denoise.foretold = beside + std::max(cost.encode.bytes, cost.denoise.bytes);
    row.decode.foretold = beside + cost.decode.bytes;
    row.how = savings_in_words(plan);
}

void count(MatrixBytes& bytes, std::uint64_t peak) {
    bytes.counted = std::max(bytes.counted, static_cast<double>(peak));
}

/// Memory and operators by phase.
void take_report(MatrixRow& row, const RunReport& report, int steps) {
    count(row.text, report.text.peak_memory_bytes);
    count(row.denoise, report.denoise.peak_memory_bytes);
    count(row.decode, report.decode.peak_memory_bytes);
    count(row.whole, report.peak_memory_bytes);
    row.operators_a_step = static_cast<double>(report.denoise.operators) / std::max(1, steps);
    row.operators_a_frame = static_cast<double>(report.decode.operators) / std::max(1, report.frames);
}

void measure(
    MatrixRow& row,
    Engine& engine,
    const ModelInfo& model,
    const fs::path& file,
    int runs,
    const std::stop_token& stop
) {
    Plan plan = make_plan(recipe_of(row, model), model, load_options_for(engine.device()));
    take_plan(row, plan);
    std::vector<double> steps;
    std::vector<double> frames;
    for (int run = 0; run < runs; ++run) {
        plan.recipe.seed = plan.passes.back().seed = static_cast<std::uint64_t>(run) + 1;
        Measured measured(engine, plan, file);
        measured.run(true, stop, true);
        measured.add_to(row.figures);
        const RunReport& report = measured.report();
        row.figures.add("load_seconds", report.load_seconds);
        steps.push_back(report.denoise_seconds / std::max(1, measured.steps()) * 1000);
        frames.push_back(report.decode_seconds / std::max(1, report.frames) * 1000);
        take_report(row, report, measured.steps());
    }
    row.ms_a_step = percentile(steps, 50);
    row.ms_a_frame = percentile(frames, 50);
}

std::string size_in_words(const MatrixRow& row) {
    return std::to_string(row.width) + "x" + std::to_string(row.height);
}

double median(const MatrixRow& row, const std::string& figure) {
    return percentile(row.figures.of(figure), 50);
}

std::string line_of(const MatrixRow& row) {
    std::string line = "| " + row.model + " | " + size_in_words(row) + " | " + std::to_string(row.frames) +
                       " | " + std::to_string(row.steps) + " | " + row.dtype + " | " + row.decoder + row.how +
                       " | ";
    if (!row.problem.empty()) {
        return line + row.problem + " |\n";
    }
    const auto add = [&](double value, int digits) { line += fixed(value, digits) + " | "; };
    add(median(row, "load_seconds"), 2);
    add(median(row, "text_seconds"), 2);
    add(median(row, "first_preview_seconds") * 1000, 0);
    add(median(row, "first_frame_seconds") * 1000, 0);
    add(median(row, "first_bytes_seconds") * 1000, 0);
    add(row.ms_a_step, 1);
    add(row.ms_a_frame, 1);
    add(median(row, "frames_per_second"), 1);
    add(median(row, "total_seconds"), 2);
    add(row.operators_a_step, 0);
    add(row.operators_a_frame, 0);
    for (const MatrixBytes& bytes : {row.text, row.denoise, row.decode, row.whole}) {
        line += fixed(bytes.foretold / 1e9, 2) + " / " + fixed(bytes.counted / 1e9, 2) + " | ";
    }
    line.pop_back();
    return line + "\n";
}

Json bytes_json(const MatrixBytes& bytes) {
    return {{"foretold_bytes", bytes.foretold}, {"counted_bytes", bytes.counted}};
}

} // namespace

MatrixResult run_bench_matrix(const BenchCommand& command, const std::stop_token& stop) {
    const ScratchFolder scratch;
    const MatrixModels models(scratch);
    MatrixResult result;
    result.machine = machine_name();
    const auto engine =
        load_engine({.device = command.device, .threads = command.threads, .memory = command.vram});
    result.device = engine->device().name;
    for (const std::string& name : or_else(command.matrix->models, {command.model})) {
        const ModelInfo model = models.find(name, stop);
        for (MatrixRow& row : rows_of(*command.matrix, name, model)) {
            say(row.model + ", " + (row.width > 0 ? size_in_words(row) + ", " : "") +
                std::to_string(row.steps) + " steps, " + row.dtype + ", decoder " + row.decoder + " ...");
            try {
                measure(row, *engine, model, scratch.file("clip.mp4"), std::max(1, command.runs), stop);
            } catch (const Error& error) {
                row.problem = error.what();
            }
            result.rows.push_back(std::move(row));
        }
    }
    return result;
}

std::string table_of(const MatrixResult& result) {
    std::string text =
        result.machine + ", " + result.device + ". Seconds and milliseconds are medians; " +
        "operators are libtorch's, without views; memory in GB, foretold / counted.\n\n" +
        "| model | size | frames | steps | numbers | decoder | load s | text s | "
        "first preview ms | first frame ms | first bytes ms | a step ms | decode ms a frame | "
        "frames/s | whole s | operators a step | operators a frame | text | denoising | decoding | "
        "whole |\n|";
    for (int column = 0; column < 21; ++column) {
        text += "---|";
    }
    text += "\n";
    for (const MatrixRow& row : result.rows) {
        text += line_of(row);
    }
    return text;
}

Json json_of(const MatrixResult& result) {
    Json rows = Json::array();
    for (const MatrixRow& row : result.rows) {
        Json figures = Json::object();
        for (const auto& [name, values] : row.figures.rows) {
            figures[name] = values;
        }
        rows.push_back(
            {{"model", row.model},
             {"width", row.width},
             {"height", row.height},
             {"frames", row.frames},
             {"steps", row.steps},
             {"guidance_scale", row.guidance_scale},
             {"dtype", row.dtype},
             {"decoder", row.decoder},
             {"problem", row.problem},
             {"figures", figures},
             {"ms_a_step", row.ms_a_step},
             {"decode_ms_a_frame", row.ms_a_frame},
             {"how", row.how},
             {"operators_a_step", row.operators_a_step},
             {"operators_a_frame", row.operators_a_frame},
             {"memory",
              {{"text", bytes_json(row.text)},
               {"denoise", bytes_json(row.denoise)},
               {"decode", bytes_json(row.decode)},
               {"whole", bytes_json(row.whole)}}}}
        );
    }
    return {
        {"machine", result.machine},
        {"device", result.device},
        {"program_version", RUSHES_VERSION},
        {"rows", rows}
    };
}

} // namespace rushes
