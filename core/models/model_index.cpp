#include "models/model_index.h"

#include <algorithm>
#include <vector>

namespace rushes {

std::string component_class(const JsonConfig& index, const std::string& component) {
    const std::vector<std::string> entry = index.texts(component);
    return entry.size() == 2 ? entry[1] : std::string(); // [null, null] stands for none
}

std::string require_component(
    const JsonConfig& index, const std::string& component, std::initializer_list<std::string_view> classes
) {
    std::string found = component_class(index, component);
    if (std::ranges::find(classes, found) != classes.end()) {
        return found;
    }
    std::string names;
    for (const std::string_view name : classes) {
        names += (names.empty() ? "" : " or ") + std::string(name);
    }
    index.fail(
        "the component \"" + component + "\" is " + (found.empty() ? "missing" : found) + ", expected " +
        names + "."
    );
}

JsonConfig component_config(
    const std::filesystem::path& directory, const std::string& component, const std::string& file
) {
    return JsonConfig::read(directory / component / file, component + "/" + file);
}

} // namespace rushes
