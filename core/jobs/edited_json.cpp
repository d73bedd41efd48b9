// Apart from edited_clip.cpp: the window reads this without FFmpeg.
#include "jobs/edited_clip.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace rushes {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<Loop, const char*>, 3> loop_names{
    {{Loop::none, "none"}, {Loop::fade, "crossfade"}, {Loop::back, "back"}}
};

Json json_of(const Edited& edited) {
    Json parts = Json::array();
    for (const EditedPart& part : edited.parts) {
        parts.push_back({{"hash", part.hash}, {"path", part.path}, {"first", part.first}, {"last", part.last}}
        );
    }
    const auto name =
        std::ranges::find(loop_names, edited.loop, [](const auto& entry) { return entry.first; });
    Json json{{"parts", parts}, {"loop", name->second}};
    if (edited.loop == Loop::fade) {
        json["fade"] = edited.fade;
    }
    return json;
}

} // namespace

std::string to_json(const Edited& edited) {
    return Json{{"edited", json_of(edited)}}.dump();
}

std::optional<Edited> edited_in(const std::string& json) {
    const Json whole = Json::parse(json, nullptr, false);
    if (!whole.is_object() || !whole.contains("edited")) {
        return std::nullopt;
    }
    try {
        const Json& from = whole.at("edited");
        Edited edited;
        const std::string loop = from.at("loop").get<std::string>();
        const auto name =
            std::ranges::find(loop_names, loop, [](const auto& e) { return std::string(e.second); });
        if (name == loop_names.end()) {
            return std::nullopt;
        }
        edited.loop = name->first;
        edited.fade = from.value("fade", std::int64_t{0});
        for (const Json& part : from.at("parts")) {
            edited.parts.push_back(
                {part.at("hash").get<std::string>(),
                 part.at("path").get<std::string>(),
                 part.at("first").get<std::int64_t>(),
                 part.at("last").get<std::int64_t>()}
            );
        }
        return edited;
    } catch (const Json::exception&) { // a file from elsewhere may say anything
        return std::nullopt;
    }
}

} // namespace rushes
