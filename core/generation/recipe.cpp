#include "generation/recipe.h"

#include "base/error.h"
#include "base/utf8.h"
#include "generation/recipe_fields.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

namespace rushes {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t max_recipe_bytes = std::size_t{1} << 20;
constexpr std::size_t max_name_characters = 512;

[[noreturn]] void refuse(const std::string& sentence) {
    throw Error(ErrorKind::user, sentence);
}

/// Reads the known keys of one object; what is missing keeps its default.
class Reader {
public:
    explicit Reader(const Json& object) : object_(object) {}

    void text(const char* key, std::string& value, std::size_t most) const {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        if (!found->is_string()) {
            refuse_value(key, "must be a text");
        }
        value = found->get<std::string>();
        if (const std::size_t length = utf8_length(value); length > most) {
            refuse_value(key, "is " + too_long(length, most) + " (at most " + std::to_string(most) + ")");
        }
        if (value.find('\0') != std::string::npos) {
            refuse_value(key, "holds a NUL character");
        }
    }

    void integer(const char* key, int& value, int low, int high) const {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        const bool fits =
            found->is_number_integer() &&
            (!found->is_number_unsigned() || found->get<std::uint64_t>() <= std::uint64_t{1} << 62);
        const std::int64_t number =
            fits ? found->get<std::int64_t>() : std::numeric_limits<std::int64_t>::min();
        if (number < low || number > high) {
            refuse_value(
                key, "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high)
            );
        }
        value = static_cast<int>(number);
    }

    void seed(const char* key, std::uint64_t& value) const {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        if (!found->is_number_unsigned()) {
            refuse_value(key, "must be a whole number that is not negative");
        }
        value = found->get<std::uint64_t>();
    }

    void number(const char* key, double& value, double low, double high) const {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        const double read = found->is_number() ? found->get<double>() : std::nan("");
        if (!(read >= low && read <= high)) {
            refuse_value(key, "must be a number from " + Json(low).dump() + " to " + Json(high).dump());
        }
        value = read;
    }

    void boolean(const char* key, bool& value) const {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        if (!found->is_boolean()) {
            refuse_value(key, "must be true or false");
        }
        value = found->get<bool>();
    }

    void frame_rate(const char* key, FrameRate& rate) const {
        const Json* found = find(key);
        if (found == nullptr) {
            return;
        }
        if (!found->is_array() || found->size() != 2) {
            refuse_value(key, "must be [numerator, denominator]");
        }
        const Json parts{{"numerator", (*found)[0]}, {"denominator", (*found)[1]}};
        const Reader reader(parts);
        reader.integer("numerator", rate.num, 0, 1'000'000);
        reader.integer("denominator", rate.den, 1, 100'000);
    }

    void field(const RecipeField& field, Recipe& recipe) const {
        std::visit([&](const auto member) { value(field, recipe.*member); }, field.member);
    }

private:
    void value(const RecipeField& field, std::string& text_value) const {
        text(field.key, text_value, static_cast<std::size_t>(field.high));
    }

    void value(const RecipeField& field, int& number_value) const {
        integer(field.key, number_value, static_cast<int>(field.low), static_cast<int>(field.high));
    }

    void value(const RecipeField& field, std::uint64_t& seed_value) const { seed(field.key, seed_value); }

    void value(const RecipeField& field, double& number_value) const {
        number(field.key, number_value, field.low, field.high);
    }

    void value(const RecipeField& field, bool& bool_value) const { boolean(field.key, bool_value); }

    void value(const RecipeField& field, FrameRate& rate) const { frame_rate(field.key, rate); }

    const Json* find(const char* key) const {
        const auto found = object_.find(key);
        return found == object_.end() || found->is_null() ? nullptr : &*found;
    }

    [[noreturn]] static void refuse_value(const char* key, const std::string& what) {
        refuse("The recipe cannot be used: '" + std::string(key) + "' " + what + ".");
    }

    const Json& object_;
};

constexpr std::size_t max_path_characters = 4096;
constexpr std::size_t max_input_recipe_characters = std::size_t{64} << 10;

/// Calls `read` with a reader for each object of the list `key`, where there is one.
template <typename Read>
void each_of(const Json& object, const char* key, std::size_t most, const Read& read) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) {
        return;
    }
    const std::string what = "The recipe cannot be used: '" + std::string(key) + "' must be ";
    if (!found->is_array() || found->size() > most) {
        refuse(what + "a list of at most " + std::to_string(most) + ".");
    }
    for (const Json& item : *found) {
        if (!item.is_object()) {
            refuse(what + "a list of objects.");
        }
        read(Reader(item));
    }
}

std::vector<RecipeInput> inputs_from(const Json& json) {
    std::vector<RecipeInput> inputs;
    each_of(json, "inputs", max_recipe_files, [&](const Reader& reader) {
        RecipeInput& input = inputs.emplace_back();
        reader.text("role", input.role, max_name_characters);
        reader.text("hash", input.hash, max_name_characters);
        reader.text("path", input.path, max_path_characters);
        reader.text("made_by", input.made_by, max_input_recipe_characters);
        reader.integer("frame", input.frame, 0, max_clip_frames);
        if (input.role.empty()) {
            refuse("The recipe cannot be used: an input has no 'role'.");
        }
    });
    return inputs;
}

std::vector<RecipeLora> loras_from(const Json& json) {
    std::vector<RecipeLora> loras;
    each_of(json, "loras", max_recipe_files, [&](const Reader& reader) {
        RecipeLora& lora = loras.emplace_back();
        reader.text("hash", lora.hash, max_name_characters);
        reader.text("path", lora.path, max_path_characters);
        reader.number("strength", lora.strength, -max_lora_strength, max_lora_strength);
    });
    return loras;
}

std::vector<PromptChange> prompt_changes_from(const Json& json) {
    std::vector<PromptChange> changes;
    each_of(json, "prompt_changes", max_prompt_changes, [&](const Reader& reader) {
        PromptChange& change = changes.emplace_back();
        reader.integer("frame", change.frame, 0, max_clip_frames);
        reader.text("prompt", change.prompt, max_prompt_characters);
    });
    return changes;
}

std::vector<StepChange> step_changes_from(const Json& json) {
    std::vector<StepChange> changes;
    each_of(json, "step_changes", max_prompt_changes, [&](const Reader& reader) {
        StepChange& change = changes.emplace_back();
        reader.integer("after_steps", change.after_steps, 0, max_steps);
        reader.text("prompt", change.prompt, max_prompt_characters);
        reader.number("guidance_scale", change.guidance_scale, -1, max_guidance_scale);
    });
    return changes;
}

Json json_of(const FrameRate& rate) {
    return Json::array({rate.num, rate.den});
}

template <typename Value>
Json json_of(const Value& value) {
    return value;
}

Json json_of(const std::vector<RecipeInput>& inputs) {
    Json list = Json::array();
    for (const RecipeInput& input : inputs) {
        Json& json = list.emplace_back();
        json = {{"role", input.role}, {"hash", input.hash}, {"path", input.path}};
        if (!input.made_by.empty()) {
            json["made_by"] = input.made_by;
        }
        if (input.frame != 0) {
            json["frame"] = input.frame;
        }
    }
    return list;
}

Json json_of(const std::vector<RecipeLora>& loras) {
    Json list = Json::array();
    for (const RecipeLora& lora : loras) {
        list.push_back({{"hash", lora.hash}, {"path", lora.path}, {"strength", lora.strength}});
    }
    return list;
}

Json json_of(const std::vector<PromptChange>& changes) {
    Json list = Json::array();
    for (const PromptChange& change : changes) {
        list.push_back({{"frame", change.frame}, {"prompt", change.prompt}});
    }
    return list;
}

Json json_of(const std::vector<StepChange>& changes) {
    Json list = Json::array();
    for (const StepChange& change : changes) {
        list.push_back(
            {{"after_steps", change.after_steps},
             {"prompt", change.prompt},
             {"guidance_scale", change.guidance_scale}}
        );
    }
    return list;
}

void require_utf8(const Recipe& recipe) {
    const auto require_prompt = [](const std::string& text) {
        if (!is_utf8(text)) {
            refuse("The prompt is not valid UTF-8 text.");
        }
    };
    require_prompt(recipe.prompt);
    require_prompt(recipe.negative_prompt);
    require_prompt(recipe.model);
    require_prompt(recipe.draft_model);
    std::ranges::for_each(recipe.prompt_changes, require_prompt, &PromptChange::prompt);
    std::ranges::for_each(recipe.step_changes, require_prompt, &StepChange::prompt);
    const auto require_path = [](const auto& file) {
        if (!is_utf8(file.path)) {
            refuse("The name of a file that the recipe uses is not valid UTF-8 text.");
        }
    };
    std::ranges::for_each(recipe.inputs, require_path);
    std::ranges::for_each(recipe.inputs, require_prompt, &RecipeInput::made_by);
    std::ranges::for_each(recipe.loras, require_path);
}

} // namespace

std::string too_long(std::size_t characters, std::size_t most) {
    const std::size_t surplus = characters - most;
    return std::to_string(surplus) + (surplus == 1 ? " character" : " characters") + " too long";
}

std::string to_json(const Recipe& recipe) {
    require_utf8(recipe);
    const bool with_files = !recipe.inputs.empty() || !recipe.loras.empty();
    int version = !recipe.step_changes.empty() ? 4 : !recipe.prompt_changes.empty() ? 3 : with_files ? 2 : 1;
    Json values = Json::object();
    for (const RecipeField& field : recipe_fields()) {
        // What came with a later format is left out where it is as before: older programs read the rest.
        const bool as_before =
            std::visit([&](const auto member) { return recipe.*member == Recipe().*member; }, field.member);
        if (field.since > 1 && as_before) {
            continue;
        }
        version = std::max(version, field.since);
        values[field.key] =
            std::visit([&](const auto member) { return json_of(recipe.*member); }, field.member);
    }
    Json json{{"schema_version", version}, {"program", "rushes"}};
    json.update(values);
    if (with_files) {
        json["inputs"] = json_of(recipe.inputs);
        json["loras"] = json_of(recipe.loras);
    }
    if (!recipe.prompt_changes.empty()) {
        json["prompt_changes"] = json_of(recipe.prompt_changes);
    }
    if (!recipe.step_changes.empty()) {
        json["step_changes"] = json_of(recipe.step_changes);
    }
    return json.dump();
}

Recipe recipe_from_json(const std::string& text) {
    if (text.size() > max_recipe_bytes) {
        refuse("This is no recipe: it is larger than 1 MB.");
    }
    const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("schema_version")) {
        refuse("This is no recipe: a JSON object with 'schema_version' is expected.");
    }
    const Reader reader(json);
    int version = 0;
    reader.integer("schema_version", version, 1, std::numeric_limits<int>::max());
    if (version > Recipe::schema_version) {
        throw Error(
            ErrorKind::user,
            "This recipe was made by a newer version of Rushes (recipe format " + std::to_string(version) +
                ", this version reads up to " + std::to_string(Recipe::schema_version) + ").",
            "Update Rushes to use it."
        );
    }
    if (version == 0) {
        refuse("This is no recipe: 'schema_version' is empty.");
    }
    Recipe recipe;
    for (const RecipeField& field : recipe_fields()) {
        reader.field(field, recipe);
    }
    recipe.inputs = inputs_from(json);
    recipe.loras = loras_from(json);
    recipe.prompt_changes = prompt_changes_from(json);
    recipe.step_changes = step_changes_from(json);
    return recipe;
}

} // namespace rushes
