// rushes models [DIR [--add]], --convert, --random
#include "base/bytes_in_words.h"
#include "base/memory.h"
#include "base/paths.h"
#include "commands/run_command.h"
#include "commands/terminal.h"
#include "commands/weight_files.h"
#include "generation/model_json.h"
#include "generation/plan.h"
#include "models/companions.h"
#include "models/registry.h"
#include "models/run_inputs.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

using Json = nlohmann::ordered_json;

std::string sizes_in_words(const ModelInfo& model) {
    std::string text;
    for (const PictureSize size : model.lattice.sizes) {
        text += (text.empty() ? "" : ", ") + std::to_string(size.width) + "x" + std::to_string(size.height);
    }
    return text + (model.lattice.free_size
                       ? " and other multiples of " + std::to_string(model.lattice.size_multiple)
                       : "");
}

std::string tiers_in_words(const ModelInfo& model) {
    if (model.fixed_steps) {
        return std::to_string(model.default_steps) + " (built in)";
    }
    std::string text = std::to_string(model.default_steps);
    for (const Tier& tier : model.tiers) {
        text += ", " + tier.id + " " + std::to_string(tier.steps);
    }
    return text;
}

std::string length_in_words(const ModelInfo& model) {
    const double seconds = model.default_frames / model.frame_rate.fps();
    std::string text = std::to_string(model.default_frames) + " frames (" + fixed(seconds, 1) + " s at " +
                       fixed(model.frame_rate.fps(), 0) + " frames a second)";
    return text + (model.lattice.max_frames > 0 ? ", at most " + std::to_string(model.lattice.max_frames)
                                                : ", any length");
}

std::string flag_of(const std::string& role) {
    return role == role_image        ? "--image"
           : role == role_last_image ? "--last-image"
           : role == role_keyframe   ? "--keyframe"
                                     : "--extend";
}

/// "text, and a picture (--image, --last-image, --extend)".
std::string inputs_in_words(const ModelInfo& model) {
    std::string flags;
    bool required = false;
    for (const AcceptedInput& input : model.inputs) {
        flags += (flags.empty() ? "" : ", ") + flag_of(input.role);
        required = required || input.required;
    }
    return flags.empty()
               ? "text"
               : std::string("text, ") + (required ? "and" : "or with") + " a picture (" + flags + ")";
}

/// "dmd 3 (at most 16), rcm 4".
std::string few_steps_in_words(const ModelInfo& model) {
    std::string text;
    for (const StepSchedule& schedule : model.few_steps) {
        text += (text.empty() ? "" : ", ") + schedule.scheduler + " " + std::to_string(schedule.steps);
        text += schedule.most != schedule.steps ? " (at most " + std::to_string(schedule.most) + ")" : "";
    }
    return text;
}

/// What can be changed about its clips beside the prompt.
std::string extras_in_words(const ModelInfo& model) {
    std::vector<std::string> extras;
    if (model.takes_loras) {
        extras.emplace_back("LoRAs (--lora)");
    }
    if (model.causal) {
        extras.emplace_back("another prompt on the way (--prompt-at)");
    }
    if (model.takes_motion_scale) {
        extras.emplace_back("how much moves (--motion-scale)");
    }
    if (model.parts.contains(tiny_decoder_part)) {
        extras.emplace_back("fast decoding (--fast-decode)");
    }
    std::string text;
    for (const std::string& extra : extras) {
        text += (text.empty() ? "" : ", ") + extra;
    }
    return text.empty() ? "nothing more" : text;
}

std::uint64_t memory_of(const ModelInfo& model) {
    return make_plan(default_recipe(model), model).peak_memory_bytes;
}

std::string line(const std::string& label, const std::string& value) {
    return "  " + label + std::string(label.size() < 12 ? 12 - label.size() : 1, ' ') + value + "\n";
}

std::string described(const ModelInfo& model) {
    std::string text = model.id + ": " + model.name + "\n";
    if (!model.description.empty()) {
        text += "  " + model.description + "\n";
    }
    text += line("family", model.family + (model.causal ? ", block by block" : ", whole clip at once"));
    text += line("starts from", inputs_in_words(model));
    text += line("sizes", sizes_in_words(model));
    text += line("length", length_in_words(model));
    text += line("steps", tiers_in_words(model));
    if (!model.few_steps.empty()) {
        text += line("in few steps", few_steps_in_words(model) + ", with --scheduler");
    }
    text += line("takes", extras_in_words(model));
    text += line("guidance", model.guidance_adjustable ? fixed(model.default_guidance, 1) : "built in");
    if (!model.default_negative.empty()) {
        text += line("negative", "usually \"" + model.default_negative + "\"");
    }
    text += line("weights", bytes_in_words(model.weight_bytes));
    text += line("memory", "about " + bytes_in_words(memory_of(model)));
    text += line("licence", model.licence.empty() ? "not stated in its files" : model.licence);
    text += line("directory", model.directory.string());
    for (const std::string& example : model.examples) {
        text += line(&example == &model.examples.front() ? "examples" : "", "\"" + example + "\"");
    }
    return text;
}

int inspect(const ModelsCommand& command) {
    const ModelInfo model = command.add ? add_model(command.directory) : describe_model(command.directory);
    print(command.json ? model_json(model).dump(2) + "\n" : described(model));
    if (command.add) {
        say("Added as " + model.id + ". To take it off the list, remove its link from " +
            (data_dir() / "models").string() + ".");
    }
    return exit_ok;
}

int list(const ModelsCommand& command) {
    std::vector<std::string> problems;
    const std::vector<ModelInfo> models = installed_models(&problems);
    if (command.json) {
        Json all = Json::array();
        std::ranges::transform(models, std::back_inserter(all), model_json);
        print(Json{{"models", all}, {"problems", problems}}.dump(2) + "\n");
        return exit_ok;
    }
    for (const ModelInfo& model : models) {
        print(described(model) + "\n");
    }
    if (models.empty()) {
        say("No model is installed.");
    }
    for (const std::string& problem : problems) {
        say("Left out: " + problem);
    }
    for (const PublishedModel& model : published_models()) {
        if (model.fits(machine_memory().main)) {
            say("This machine has the memory for " + model.name + ": " + model.repository +
                " on the Hugging Face Hub.");
        }
    }
    say("Add more, in the diffusers layout: rushes models --add DIR, or put them into " +
        (data_dir() / "models").string() + ".");
    return exit_ok;
}

} // namespace

int run_models(const ModelsCommand& command) {
    if (!command.convert.empty()) {
        return convert_weight_file(command);
    }
    if (!command.random.empty()) {
        return write_random_weights(command);
    }
    if (!command.fit_previews.empty()) {
        return fit_model_previews(command);
    }
    return command.directory.empty() ? list(command) : inspect(command);
}

} // namespace rushes
