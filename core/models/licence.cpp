#include "models/licence.h"

#include <fstream>
#include <string_view>

namespace rushes {

namespace {

constexpr int most_lines = 200; ///< of a head; one that never ends is none
constexpr std::size_t longest = 80;

/// The value of "key: value"; empty for another line. Quotes go.
std::string value_of(std::string_view line, std::string_view key) {
    if (!line.starts_with(key) || line.substr(key.size(), 1) != ":") {
        return {};
    }
    line.remove_prefix(key.size() + 1);
    constexpr std::string_view around = " \t\r\"'";
    const std::size_t first = line.find_first_not_of(around);
    const std::size_t last = line.find_last_not_of(around);
    return first == std::string_view::npos || last - first >= longest
               ? std::string()
               : std::string(line.substr(first, last - first + 1));
}

} // namespace

std::string licence_of(const std::filesystem::path& directory) {
    std::ifstream file(directory / "README.md");
    std::string line;
    if (!std::getline(file, line) || !line.starts_with("---")) {
        return {};
    }
    std::string licence;
    std::string name;
    for (int i = 0; i < most_lines && std::getline(file, line); ++i) {
        if (line.starts_with("---")) {
            return name.empty() ? licence : name;
        }
        const std::string here = value_of(line, "license");
        licence = here.empty() ? licence : here;
        const std::string named = value_of(line, "license_name");
        name = named.empty() ? name : named;
    }
    return {};
}

} // namespace rushes
