#include "base/strict_json.h"

#include "base/atomic_file.h"
#include "base/error.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace rushes {

namespace {

constexpr int max_depth = 32;

/// Watches the parser: keys of the objects that are open, innermost last.
class Watch {
public:
    explicit Watch(const std::string& what) : what_(what) {}

    bool operator()(int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
        using Event = nlohmann::json::parse_event_t;
        if (depth > max_depth) {
            throw Error(
                ErrorKind::user, what_ + " is nested deeper than " + std::to_string(max_depth) + " levels."
            );
        }
        if (event == Event::object_start) {
            open_.emplace_back();
        } else if (event == Event::object_end) {
            open_.pop_back();
        } else if (event == Event::key && !open_.back().insert(value.get<std::string>()).second) {
            throw Error(ErrorKind::user, what_ + " gives the key '" + value.get<std::string>() + "' twice.");
        }
        return true;
    }

private:
    const std::string& what_;
    std::vector<std::set<std::string>> open_;
};

} // namespace

nlohmann::json parse_strict_json(std::string_view text, const std::string& what) {
    Watch watch(what);
    try {
        return nlohmann::json::parse(
            text,
            [&watch](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
                return watch(depth, event, value);
            }
        );
    } catch (const nlohmann::json::exception& problem) {
        throw Error(ErrorKind::user, what + " is not valid JSON (" + problem.what() + ").");
    }
}

nlohmann::json read_strict_json(const std::filesystem::path& path) {
    return parse_strict_json(read_file(path), "'" + path.string() + "'");
}

} // namespace rushes
