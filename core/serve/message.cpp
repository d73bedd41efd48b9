#include "serve/message.h"

#include "base/error.h"
#include "base/strict_json.h"
#include "base/utf8.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace rushes::serve {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_id_characters = 128;

[[noreturn]] void refuse(const std::string& sentence) {
    throw Error(ErrorKind::user, sentence);
}

/// The text under `key`; empty when it is missing or null.
std::string text_of(const Json& object, const char* key, std::size_t most = most_id_characters) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) {
        return {};
    }
    if (!found->is_string()) {
        refuse("'" + std::string(key) + "' must be a text.");
    }
    auto text = found->get<std::string>();
    if (text.size() > most) {
        refuse("'" + std::string(key) + "' is longer than " + std::to_string(most) + " bytes.");
    }
    return text;
}

std::string job_of(const Json& object) {
    std::string job = text_of(object, "job");
    if (job.empty()) {
        refuse("'job' is missing: the id that 'queued' told.");
    }
    return job;
}

template <typename Value>
Value choice_of(
    const Json& object, const char* key, std::initializer_list<std::pair<const char*, Value>> choices
) {
    const std::string text = text_of(object, key);
    std::string known;
    for (const auto& [name, value] : choices) {
        if (text == name || text.empty()) {
            return value;
        }
        known += (known.empty() ? "" : " or ") + std::string(name);
    }
    refuse("'" + std::string(key) + "' must be " + known + ".");
}

View view_of(const Json& object) {
    View view;
    view.size =
        choice_of<View::Size>(object, "size", {{"preview", View::Size::preview}, {"full", View::Size::full}});
    view.format = choice_of<View::Format>(
        object, "format", {{"webp", View::Format::webp}, {"h264", View::Format::h264}}
    );
    view.keep = choice_of<bool>(object, "late", {{"skip", false}, {"keep", true}});
    return view;
}

/// 0: it is not said.
std::int64_t frame_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) {
        return 0;
    }
    if (!found->is_number_unsigned() || found->get<std::uint64_t>() > std::uint64_t{max_clip_frames}) {
        refuse(
            "'" + std::string(key) + "' must be a whole number from 0 to " + std::to_string(max_clip_frames) +
            "."
        );
    }
    return found->get<std::int64_t>();
}

/// Pictures that were sent before, by their hash alone.
std::vector<RecipeInput> pictures_of(const Json& list) {
    std::vector<RecipeInput> pictures;
    if (!list.is_array() || list.size() > max_recipe_files) {
        refuse("'inputs' must be a list of pictures.");
    }
    for (const Json& item : list) {
        const bool named = item.is_object() && item.contains("role") && item.contains("hash") &&
                           item["role"].is_string() && item["hash"].is_string();
        const bool placed = named && item.contains("frame");
        if (!named || item.size() != (placed ? 3 : 2)) {
            throw Error(
                ErrorKind::user,
                "A recipe that comes over the network can't name files of this machine.",
                R"(Send the picture to /v1/pictures, and give {"role": "image", "hash": ...}.)"
            );
        }
        if (!is_picture_hash(item["hash"].get<std::string>())) {
            refuse("The 'hash' of an input must be the 64 hexadecimal digits that /v1/pictures gave.");
        }
        RecipeInput& picture = pictures.emplace_back();
        picture.role = item["role"].get<std::string>();
        picture.hash = item["hash"].get<std::string>();
        if (placed) {
            picture.frame = static_cast<int>(frame_of(item, "frame"));
        }
    }
    return pictures;
}

Recipe recipe_of(Json object) {
    if (!object.is_object()) {
        refuse("The recipe must be a JSON object.");
    }
    object.emplace("schema_version", Recipe::schema_version);
    std::vector<RecipeInput> pictures;
    if (const auto inputs = object.find("inputs"); inputs != object.end()) {
        pictures = pictures_of(*inputs);
        object.erase(inputs);
    }
    Recipe recipe = recipe_from_json(object.dump());
    if (!recipe.loras.empty()) {
        throw Error(
            ErrorKind::user,
            "A recipe that comes over the network can't name files of this machine (loras).",
            "Use the studio or the command line for it."
        );
    }
    recipe.inputs = std::move(pictures);
    return recipe;
}

std::string prompt_of(const Json& object) {
    constexpr std::size_t most_bytes = 4 * max_prompt_characters;
    std::string prompt = text_of(object, "prompt", most_bytes);
    if (utf8_length(prompt) > max_prompt_characters || prompt.find('\0') != std::string::npos) {
        refuse(
            "'prompt' must be a text of at most " + std::to_string(max_prompt_characters) + " characters."
        );
    }
    if (prompt.find_first_not_of(" \t\r\n") == std::string::npos) {
        refuse("'prompt' is missing: what the clip shows from its next block on.");
    }
    return prompt;
}

ClientMessage generate_of(const Json& object) {
    const auto recipe = object.find("recipe");
    if (recipe == object.end()) {
        refuse("'recipe' is missing: {\"action\": \"generate\", \"recipe\": {\"prompt\": ...}}.");
    }
    return GenerateMessage{
        recipe_of(*recipe), text_of(object, "key"), text_of(object, "ref"), view_of(object)
    };
}

Json object_of(std::string_view text, const std::string& what) {
    if (!is_utf8(text)) {
        refuse(what + " is not valid UTF-8 text.");
    }
    Json object = parse_strict_json(text, what);
    if (!object.is_object()) {
        refuse(what + " must be a JSON object.");
    }
    return object;
}

} // namespace

bool is_picture_hash(std::string_view text) {
    return text.size() == 64 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

ClientMessage parse_message(std::string_view text) {
    if (text.size() > most_message_bytes) {
        refuse("The message is longer than " + std::to_string(most_message_bytes) + " bytes.");
    }
    const Json object = object_of(text, "The message");
    const std::string action = text_of(object, "action");
    if (action == "generate") {
        return generate_of(object);
    }
    if (action == "watch") {
        return WatchMessage{
            job_of(object), frame_of(object, "from"), view_of(object), text_of(object, "ref")
        };
    }
    if (action == "unwatch") {
        return UnwatchMessage{job_of(object)};
    }
    if (action == "stop") {
        return StopMessage{job_of(object), text_of(object, "ref")};
    }
    if (action == "steer") {
        return SteerMessage{job_of(object), prompt_of(object), text_of(object, "ref")};
    }
    if (action == "dry") {
        return DryMessage{job_of(object)};
    }
    if (action == "ping") {
        return PingMessage{text_of(object, "ref")};
    }
    refuse(
        action.empty()
            ? "'action' is missing: generate, watch, unwatch, stop, steer, dry or ping."
            : "'" + action + "' is no action: use generate, watch, unwatch, stop, steer, dry or ping."
    );
}

Recipe parse_client_recipe(std::string_view json) {
    return recipe_of(object_of(json, "The recipe"));
}

std::string parse_client_prompt(std::string_view json) {
    return prompt_of(object_of(json, "The request"));
}

const char* to_text(FrameKind kind) {
    constexpr std::array names{"preview", "draft", "final", "h264_start", "h264"};
    return names[static_cast<std::size_t>(kind)];
}

std::string frame_message(const FrameHeader& header, std::string_view picture) {
    const nlohmann::ordered_json json{
        {"clip", header.clip},
        {"index", header.index},
        {"time", header.time},
        {"kind", to_text(header.kind)},
        {"width", header.width},
        {"height", header.height},
        {"made_ms", header.made_unix_ms},
    };
    const std::string text = json.dump();
    std::string message;
    message.reserve(4 + text.size() + picture.size());
    for (unsigned shift = 0; shift < 32; shift += 8) {
        message += static_cast<char>(static_cast<std::uint32_t>(text.size()) >> shift & 0xFF);
    }
    message += text;
    message += picture;
    return message;
}

} // namespace rushes::serve
