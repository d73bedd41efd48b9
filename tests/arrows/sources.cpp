#include "arrows/sources.h"

#include <algorithm>
#include <fstream>
#include <set>

namespace rushes::arrows {
namespace fs = std::filesystem;

namespace {

/// A comment starts at "//", but not at the one of an address ("https://").
std::string without_comment(std::string line) {
    for (auto at = line.find("//"); at != std::string::npos; at = line.find("//", at + 2)) {
        if (at == 0 || line[at - 1] != ':') {
            line.resize(at);
            break;
        }
    }
    return line;
}

Source read_source(const fs::path& root, const fs::path& path) {
    Source source{fs::relative(path, root), {}};
    std::ifstream file(path);
    for (std::string text; std::getline(file, text);) {
        source.lines.push_back({source.lines.size() + 1, without_comment(text)});
    }
    return source;
}

} // namespace

std::vector<Source> sources_below(const fs::path& folder) {
    const fs::path root = RUSHES_SOURCE_DIR;
    const std::set<std::string> kinds = {".h", ".cpp", ".cu", ".cuh"};
    std::vector<Source> sources;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
        if (entry.is_regular_file() && kinds.contains(entry.path().extension().string())) {
            sources.push_back(read_source(root, entry.path()));
        }
    }
    std::ranges::sort(sources, {}, &Source::path);
    return sources;
}

std::string_view include_of(const Line& line) {
    std::string_view text = line.text;
    const auto skip_blanks = [&text] {
        text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    };
    skip_blanks();
    if (!text.starts_with('#')) {
        return {};
    }
    text.remove_prefix(1);
    skip_blanks();
    if (!text.starts_with("include")) {
        return {};
    }
    text.remove_prefix(std::string_view("include").size());
    skip_blanks();
    return text.substr(0, text.find_first_of(">\"", 1) + 1);
}

std::string place(const Source& source, const Line& line) {
    return source.path.string() + ":" + std::to_string(line.number);
}

std::vector<std::string> family_names() {
    std::vector<std::string> names;
    std::ifstream file(RUSHES_SOURCE_DIR "/core/models/families.def");
    constexpr std::string_view start = "RUSHES_FAMILY(";
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(start)) {
            names.push_back(line.substr(start.size(), line.find(')') - start.size()));
        }
    }
    return names;
}

} // namespace rushes::arrows
