// What a person keeps of a recipe to use it again: the style of a prompt, some numbers, LoRAs, or all of
// them. One small file each, a JSON object with some of a recipe's keys (recipe_fields.h, "loras") and a
// "name"; it can be sent to a friend or written by hand. Where its "prompt" has {prompt}, the prompt that
// stands there is put in; a text without comes behind it.
#pragma once

#include "generation/recipe.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rushes {

struct SavedPreset {
    std::string name;
    std::string values; ///< the JSON object, of the recipe's keys that it sets
    bool operator==(const SavedPreset&) const = default;
};

/// What goes into a preset together.
struct PresetPart {
    const char* id;
    const char* label; ///< for people, to be translated
    std::span<const char* const> keys;
};

/// Of all but the words of the prompt, which are asked for.
std::span<const PresetPart> preset_parts();

/// The recipe's values of these parts (their ids), and `words` for its prompt, which may be empty. Throws
/// Error{user} for a name that is empty or too long, and for a preset that would change nothing.
SavedPreset preset_of(
    const Recipe& recipe,
    const std::string& name,
    const std::string& words,
    std::span<const std::string> parts
);

/// The model that it asks for, empty: none. Whose own numbers are to be in the recipe before with_preset().
std::string model_of(const SavedPreset& preset);

/// A prompt in other words: what stands in the recipe's prompt from one of `known` goes first. Throws
/// Error{user} for a value that is none.
Recipe with_preset(const Recipe& recipe, const SavedPreset& preset, std::span<const SavedPreset> known = {});

/// The prompt without the words of the preset around it; as it is where it does not have them.
std::string without_words(const std::string& prompt, const SavedPreset& preset);

struct PresetShelf {
    std::vector<SavedPreset> presets;  ///< by name
    std::vector<std::string> problems; ///< a sentence about each file that can't be read
};

/// Where they lie: presets/ in data_dir().
std::filesystem::path presets_dir();

PresetShelf read_presets(const std::filesystem::path& folder);

/// By its name, capitals aside. Throws Error{user} that names those that are there.
const SavedPreset& find_preset(std::span<const SavedPreset> presets, std::string_view name);

/// In place of the one of the same name.
void keep_preset(const std::filesystem::path& folder, const SavedPreset& preset);
void remove_preset(const std::filesystem::path& folder, const SavedPreset& preset);

} // namespace rushes
