// model_index.json of a directory in the diffusers layout: which class each component has. No libtorch here.
#pragma once

#include "base/json_config.h"

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

namespace rushes {

/// The class of a component, which the index holds as [library, class]; empty where it has none.
std::string component_class(const JsonConfig& index, const std::string& component);

/// Throws Error{user} unless the component has one of the classes. Returns the one it has.
std::string require_component(
    const JsonConfig& index, const std::string& component, std::initializer_list<std::string_view> classes
);

/// directory/component/file, named "component/file" in sentences.
JsonConfig component_config(
    const std::filesystem::path& directory,
    const std::string& component,
    const std::string& file = "config.json"
);

} // namespace rushes
