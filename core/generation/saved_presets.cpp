#include "generation/saved_presets.h"

#include "base/atomic_file.h"
#include "base/case_fold.h"
#include "base/error.h"
#include "base/paths.h"
#include "base/strict_json.h"
#include "base/utf8.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

namespace rushes {
namespace {

using Json = nlohmann::json;

constexpr std::string_view placeholder = "{prompt}";
constexpr std::size_t max_name_characters = 80;
constexpr std::size_t max_file_bytes = std::size_t{1} << 20;

constexpr const char* model_keys[] = {"model"};
constexpr const char* negative_keys[] = {"negative_prompt"};
constexpr const char* shape_keys[] = {"width", "height", "frames", "frame_rate"};
constexpr const char* quality_keys[] = {"steps", "guidance_scale", "scheduler", "draft", "fast_decode"};
constexpr const char* lora_keys[] = {"loras"};
constexpr const char* motion_keys[] = {"motion_scale"};

constexpr std::array parts{
    PresetPart{"model", "model", model_keys},
    PresetPart{"negative", "negative prompt", negative_keys},
    PresetPart{"shape", "size and length", shape_keys},
    PresetPart{"quality", "steps, guidance and scheduler", quality_keys},
    PresetPart{"motion", "motion", motion_keys},
    PresetPart{"loras", "LoRAs", lora_keys},
};

/// What a preset may set; a seed, pictures and changes on the way belong to one clip.
bool may_set(std::string_view key) {
    return key == "prompt" || std::ranges::any_of(parts, [&](const PresetPart& part) {
               return std::ranges::find(part.keys, key) != part.keys.end();
           });
}

/// What stands before and behind the prompt.
std::pair<std::string, std::string> around(const std::string& words) {
    const std::size_t at = words.find(placeholder);
    return at == std::string::npos ? std::pair(std::string(), ", " + words)
                                   : std::pair(words.substr(0, at), words.substr(at + placeholder.size()));
}

std::string words_of(const SavedPreset& preset) {
    const Json values = Json::parse(preset.values);
    const auto found = values.find("prompt");
    return found != values.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string with_words(const std::string& prompt, const std::string& words) {
    const auto [before, behind] = around(words);
    const std::string text = before + prompt + behind;
    // Around nothing no comma is left hanging.
    return prompt.empty() ? text.substr(std::min(text.find_first_not_of(", "), text.size())) : text;
}

bool by_name(const SavedPreset& one, const SavedPreset& other) {
    return case_folded(one.name) < case_folded(other.name);
}

void check_name(const std::string& name) {
    if (name.find_first_not_of(" \t\n") == std::string::npos || !is_utf8(name)) {
        throw Error(ErrorKind::user, "A preset needs a name.");
    }
    if (const std::size_t length = utf8_length(name); length > max_name_characters) {
        throw Error(ErrorKind::user, "The preset's name is " + too_long(length, max_name_characters) + ".");
    }
}

/// Throws for values that no recipe can have.
SavedPreset preset_in(const std::filesystem::path& file) {
    const std::string where = "'" + file.filename().string() + "'";
    Json json = parse_strict_json(read_file(file, max_file_bytes), where);
    if (!json.is_object()) {
        throw Error(ErrorKind::user, where + " is no preset: a JSON object is expected.");
    }
    std::string name = file.stem().string();
    if (const auto given = json.find("name"); given != json.end() && given->is_string()) {
        name = given->get<std::string>();
    }
    check_name(name);
    json.erase("name");
    for (const auto& [key, value] : json.items()) {
        if (!may_set(key)) {
            throw Error(ErrorKind::user, where + ": a preset can't set '" + key + "'.");
        }
    }
    SavedPreset preset{name, json.dump()};
    (void)with_preset(Recipe(), preset);
    return preset;
}

std::optional<std::filesystem::path> file_of(const std::filesystem::path& folder, std::string_view name) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        try {
            if (entry.path().extension() == ".json" &&
                case_folded(preset_in(entry.path()).name) == case_folded(name)) {
                return entry.path();
            }
        } catch (const Error&) {
            continue; // whoever lists them says so
        }
    }
    return std::nullopt;
}

} // namespace

std::span<const PresetPart> preset_parts() {
    return parts;
}

SavedPreset preset_of(
    const Recipe& recipe,
    const std::string& name,
    const std::string& words,
    std::span<const std::string> wanted
) {
    check_name(name);
    const Json whole = Json::parse(to_json(recipe));
    const Json left_out{
        {"fast_decode", false}, {"motion_scale", 1}, {"loras", Json::array()}
    }; // as to_json() does
    Json values = Json::object();
    for (const PresetPart& part : parts) {
        if (std::ranges::find(wanted, part.id) == wanted.end()) {
            continue;
        }
        for (const char* const key : part.keys) {
            values[key] = whole.contains(key) ? whole[key] : left_out[key];
        }
    }
    if (!words.empty() && words != placeholder) {
        values["prompt"] = words;
    }
    if (values.empty()) {
        throw Error(ErrorKind::user, "This preset would change nothing: write words or tick what it keeps.");
    }
    return {name, values.dump()};
}

std::string model_of(const SavedPreset& preset) {
    return Json::parse(preset.values).value("model", std::string());
}

std::string without_words(const std::string& prompt, const SavedPreset& preset) {
    const std::string words = words_of(preset);
    if (words.empty()) {
        return prompt;
    }
    if (prompt == with_words({}, words)) {
        return {};
    }
    const auto [before, behind] = around(words);
    const bool inside = prompt.size() >= before.size() + behind.size() && prompt.starts_with(before) &&
                        prompt.ends_with(behind);
    return inside ? prompt.substr(before.size(), prompt.size() - before.size() - behind.size()) : prompt;
}

Recipe with_preset(const Recipe& recipe, const SavedPreset& preset, std::span<const SavedPreset> known) {
    Json values = Json::parse(preset.values);
    const bool words = values.contains("prompt");
    Json merged = Json::parse(to_json(recipe));
    merged["schema_version"] = int{Recipe::schema_version};
    merged.update(values);
    Recipe result = recipe_from_json(merged.dump());
    if (result.model != recipe.model) {
        result.model_hash.clear(); // that its weights differ is no news
    }
    if (words) {
        std::string prompt = recipe.prompt;
        for (const SavedPreset& other : known) {
            prompt = without_words(prompt, other);
        }
        result.prompt = with_words(prompt, words_of(preset));
    }
    return result;
}

std::filesystem::path presets_dir() {
    return data_dir() / "presets";
}

PresetShelf read_presets(const std::filesystem::path& folder) {
    PresetShelf shelf;
    std::error_code ignored; // no folder: none was kept yet
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        if (entry.path().extension() != ".json") {
            continue;
        }
        try {
            shelf.presets.push_back(preset_in(entry.path()));
        } catch (const Error& error) {
            shelf.problems.emplace_back(error.what());
        }
    }
    std::ranges::sort(shelf.presets, by_name);
    return shelf;
}

const SavedPreset& find_preset(std::span<const SavedPreset> presets, std::string_view name) {
    std::string names;
    for (const SavedPreset& preset : presets) {
        if (case_folded(preset.name) == case_folded(name)) {
            return preset;
        }
        names += (names.empty() ? "" : ", ") + preset.name;
    }
    throw Error(
        ErrorKind::user,
        "There is no preset '" + std::string(name) + "'.",
        names.empty() ? "Presets are kept in the studio: \"presets\" above the prompt."
                      : "There are: " + names + "."
    );
}

void keep_preset(const std::filesystem::path& folder, const SavedPreset& preset) {
    Json json = Json::parse(preset.values);
    json["name"] = preset.name;
    const auto before = file_of(folder, preset.name);
    write_file(
        before ? *before : unused_name(folder / (file_slug(preset.name) + ".json")), json.dump(2) + "\n"
    );
}

void remove_preset(const std::filesystem::path& folder, const SavedPreset& preset) {
    if (const auto file = file_of(folder, preset.name)) {
        std::filesystem::remove(*file);
    }
}

} // namespace rushes
