#include "models/single_file.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "models/hub_cache.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace rushes {

namespace fs = std::filesystem;

namespace {

constexpr int levels_above = 3;
constexpr std::array weight_extensions{".safetensors", ".gguf", ".pth", ".pt", ".ckpt"};

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

bool is_hinted(const fs::path& file, const WantedPart& part) {
    const std::string name = lower(file.filename().string());
    return is_weight_file(file) && std::ranges::any_of(part.hints, [&](const std::string& hint) {
               return name.find(hint) != std::string::npos;
           });
}

/// A file in `folder` itself, in the order of their names.
fs::path file_in(const fs::path& folder, const WantedPart& part) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_regular_file(error) && is_hinted(entry.path(), part)) {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    const auto found = std::ranges::find_if(files, part.fits);
    return found == files.end() ? fs::path() : *found;
}

/// A model's folder of the component, or a file in a folder that is named after its kind.
fs::path below(const fs::path& folder, const WantedPart& part) {
    std::error_code error;
    if (const fs::path own = folder / part.component; fs::is_directory(own, error) && part.fits(own)) {
        return own;
    }
    std::vector<std::string> names{part.component};
    names.insert(names.end(), part.folders.begin(), part.folders.end());
    for (const std::string& name : names) {
        if (fs::path found = file_in(folder / name, part); !found.empty()) {
            return found;
        }
    }
    return {};
}

std::string content_of(const fs::path& file) {
    std::error_code error;
    return fs::is_regular_file(file, error) ? read_file(file) : std::string();
}

void make_link(const fs::path& link, const fs::path& target) {
    std::error_code error;
    if (fs::is_symlink(link, error) && fs::read_symlink(link, error) == target) {
        return;
    }
    fs::create_directories(link.parent_path(), error);
    fs::remove(link, error);
    fs::create_symlink(target, link, error);
    if (error) {
        throw Error(
            ErrorKind::resource,
            "The link " + link.string() + " to a part of the model cannot be made: " + error.message() + ".",
            "Check the free space and the permissions there."
        );
    }
}

} // namespace

bool is_weight_file(const fs::path& file) {
    return std::ranges::find(weight_extensions, lower_extension(file)) != weight_extensions.end();
}

fs::path write_linked_model(const LinkedModel& model, const fs::path& parent) {
    const fs::path directory = parent / model.name;
    std::error_code error;
    for (const auto& [path, text] : model.files) {
        if (content_of(directory / path) == text) {
            continue;
        }
        fs::create_directories((directory / path).parent_path(), error);
        write_file(directory / path, text);
    }
    for (const auto& [path, target] : model.links) {
        make_link(directory / path, fs::absolute(target));
    }
    return directory;
}

fs::path find_part(const fs::path& file, const WantedPart& part) {
    std::vector<fs::path> folders;
    fs::path folder = fs::absolute(file).parent_path();
    if (fs::path beside = file_in(folder, part); !beside.empty()) {
        return beside;
    }
    for (int level = 0; level <= levels_above && folder.has_relative_path(); ++level) {
        folders.push_back(folder);
        folder = folder.parent_path();
    }
    folders.push_back(data_dir() / "models");
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(data_dir() / "models", error)) {
        folders.push_back(entry.path());
    }
    std::ranges::copy(hub_models(), std::back_inserter(folders));
    for (const fs::path& candidate : folders) {
        if (fs::path found = below(candidate, part); !found.empty()) {
            return found;
        }
    }
    return {};
}

} // namespace rushes
