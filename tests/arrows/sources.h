// The repository's own C++ sources as text, for tests that read them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rushes::arrows {

struct Line {
    std::size_t number = 0; ///< from 1
    std::string text;       ///< without its comment
};

struct Source {
    std::filesystem::path path; ///< relative to the repository, "core/base/error.h"
    std::vector<Line> lines;
};

/// Every .h, .cpp and .cu file below `folder` of the repository, sorted by path.
std::vector<Source> sources_below(const std::filesystem::path& folder);

/// What follows #include on this line, with its brackets or quotes: "<vector>", "\"base/error.h\""; else
/// empty.
std::string_view include_of(const Line& line);

/// "file:line" for a message.
std::string place(const Source& source, const Line& line);

/// The names of the model families: the folders below core/models.
std::vector<std::string> family_names();

} // namespace rushes::arrows
