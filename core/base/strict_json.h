// JSON from outside, read without surprises.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace rushes {

/// Throws Error{user}, starting with `what` (the file's name, for people), for text that is not JSON, a key
/// given twice in one object, or nesting deeper than 32.
nlohmann::json parse_strict_json(std::string_view text, const std::string& what);

/// The same for a file of at most 64 MiB.
nlohmann::json read_strict_json(const std::filesystem::path& path);

} // namespace rushes
