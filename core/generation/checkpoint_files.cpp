#include "generation/checkpoint_files.h"

#include "base/sha256.h"

#include <charconv>
#include <vector>

namespace rushes {
namespace fs = std::filesystem;

namespace {

constexpr const char* suffix = ".checkpoint";
constexpr std::size_t digits = 16;

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char letter : text) {
        if (letter == '-') {
            parts.emplace_back();
        } else {
            parts.back() += letter;
        }
    }
    return parts;
}

std::optional<int> number(const std::string& text) {
    int value = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    return read.ec == std::errc() && read.ptr == end && value >= 0 ? std::optional(value) : std::nullopt;
}

} // namespace

std::string turned(const std::string& lineage, const std::string& change) {
    Sha256 hash;
    hash.update(lineage + '\n' + change);
    return hash.finish();
}

std::string short_name(const std::string& identity) {
    return identity.substr(0, digits);
}

std::string name_of(const CheckpointFile& file) {
    return file.kind + '-' + std::to_string(file.pass) + '-' + std::to_string(file.block) + '-' +
           std::to_string(file.steps) + '-' + short_name(file.run) + '-' + short_name(file.lineage) + suffix;
}

std::optional<CheckpointFile> checkpoint_file(const std::filesystem::path& path) {
    if (path.extension() != suffix) {
        return std::nullopt; // what a kill left half written, too
    }
    const std::vector<std::string> parts = split(path.stem().string());
    if (parts.size() != 6) {
        return std::nullopt;
    }
    const auto pass = number(parts[1]);
    const auto block = number(parts[2]);
    const auto steps = number(parts[3]);
    if (!pass || !block || !steps) {
        return std::nullopt;
    }
    return CheckpointFile{parts[0], *pass, *block, *steps, parts[4], parts[5]};
}

void remove_checkpoint(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code none;
    for (const auto& file : fs::directory_iterator(folder, none)) {
        if (file.path().filename().string().find(suffix) != std::string::npos) {
            files.push_back(file.path());
        }
    }
    for (const fs::path& file : files) {
        fs::remove(file, none);
    }
    fs::remove(folder, none);
}

} // namespace rushes
