#include "models/registry.h"

#include "base/error.h"
#include "base/json_config.h"
#include "base/paths.h"
#include "models/family.h"
#include "models/hub_cache.h"
#include "models/licence.h"
#include "models/single_file.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace rushes {

namespace fs = std::filesystem;

namespace {

struct NamedFamily {
    const char* name;
    Family family;
};

const std::vector<NamedFamily>& families() {
    static const std::vector<NamedFamily> all = {
#define RUSHES_FAMILY(room) {#room, room::family()},
#include "models/families.def"
#undef RUSHES_FAMILY
    };
    return all;
}

/// Each once: families may share one.
std::string family_classes() {
    std::set<std::string> names;
    for (const NamedFamily& named : families()) {
        names.insert(named.family.pipeline_classes.begin(), named.family.pipeline_classes.end());
    }
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

/// A link whose target was moved, or lies on a disk that is not there now.
bool leads_nowhere(const fs::path& path) {
    std::error_code error;
    return fs::is_symlink(path, error) && !fs::exists(path, error);
}

/// Directories with a model_index.json in `folder`, in the order of their names, and the targets of links
/// that lead nowhere.
std::vector<fs::path> model_directories(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (leads_nowhere(entry.path())) {
            found.push_back(fs::read_symlink(entry.path(), error));
        } else if (fs::is_regular_file(entry.path() / "model_index.json", error)) {
            found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// The names of models in the cache of Hugging Face's tools, which holds much that is none of ours.
bool is_of_a_family(const fs::path& directory) {
    try {
        const std::string name =
            JsonConfig::read(directory / "model_index.json", "model_index.json").text("_class_name");
        return std::ranges::any_of(families(), [&](const NamedFamily& named) {
            return std::ranges::find(named.family.pipeline_classes, name) !=
                   named.family.pipeline_classes.end();
        });
    } catch (const Error&) {
        return false;
    }
}

/// The file as a directory of links in `parent`.
fs::path linked_directory(const fs::path& file, const fs::path& parent) {
    for (const NamedFamily& named : families()) {
        if (named.family.link_files == nullptr) {
            continue;
        }
        if (const auto model = named.family.link_files(file)) {
            return write_linked_model(*model, parent);
        }
    }
    throw Error(
        ErrorKind::user,
        "'" + file.filename().string() + "' is not a part of a model that this version knows.",
        "Choose the file of a denoiser in the shapes of a published model, a motion module, or a directory "
        "with "
        "a model_index.json."
    );
}

/// A part of a model that people have alone: a file of weights, or a component's folder.
bool is_part(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error) || (fs::is_regular_file(path / "config.json", error) &&
                                                !fs::exists(path / "model_index.json", error));
}

} // namespace

ModelInfo describe_model(const fs::path& directory) {
    std::error_code error;
    if (!fs::is_directory(directory, error)) {
        throw Error(ErrorKind::user, "There is no model directory " + directory.string() + ".");
    }
    const fs::path canonical = fs::canonical(directory);
    if (!fs::is_regular_file(canonical / "model_index.json", error)) {
        throw Error(
            ErrorKind::user,
            "model_index.json is missing in " + canonical.string() + ", so it is no model.",
            "Choose a model's directory in the Hugging Face diffusers layout: model_index.json with a folder "
            "for each part beside it."
        );
    }
    const JsonConfig index = JsonConfig::read(canonical / "model_index.json", "model_index.json");
    const std::string class_name = index.text("_class_name");
    for (const auto& [family_name, family] : families()) {
        const bool named =
            std::ranges::find(family.pipeline_classes, class_name) != family.pipeline_classes.end();
        if (named && (family.takes == nullptr || family.takes(canonical, index))) {
            ModelInfo info = family.describe(canonical, index);
            info.family = family_name;
            info.licence = licence_of(canonical);
            if (const std::string name = name_in_hub_cache(canonical); !name.empty()) {
                info.name = info.name == info.id ? name : info.name;
                info.id = name;
            }
            return info;
        }
    }
    index.fail(
        "the pipeline class is not one that this version can run: " + class_name + ".",
        "Known: " + family_classes() + "."
    );
}

std::vector<PublishedModel> published_models() {
    std::vector<PublishedModel> models;
    for (const NamedFamily& named : families()) {
        std::ranges::move(named.family.published(), std::back_inserter(models));
    }
    std::ranges::sort(models, {}, &PublishedModel::memory_bytes);
    return models;
}

std::vector<ModelInfo> installed_models(std::vector<std::string>* problems) {
    std::vector<ModelInfo> models;
    std::vector<fs::path> directories;
    for (const fs::path& folder : {resources_dir() / "models", data_dir() / "models"}) {
        std::ranges::copy(model_directories(folder), std::back_inserter(directories));
    }
    std::ranges::copy_if(hub_models(), std::back_inserter(directories), is_of_a_family);
    for (const fs::path& directory : directories) {
        try {
            ModelInfo info = describe_model(directory);
            const auto same_id = [&](const ModelInfo& other) { return other.id == info.id; };
            if (std::none_of(models.begin(), models.end(), same_id)) {
                models.push_back(std::move(info));
            }
        } catch (const Error& failure) {
            if (problems != nullptr) {
                const std::string name = name_in_hub_cache(directory);
                problems->push_back(
                    (name.empty() ? directory.filename().string() : name) + ": " + failure.what()
                );
            }
        }
    }
    return models;
}

namespace {

/// Whether another model than that of `own` has the name.
void refuse_taken_name(const std::string& id, const fs::path& own) {
    std::error_code error;
    for (const ModelInfo& known : installed_models()) {
        if (known.id == id &&
            (known.directory != fs::weakly_canonical(own, error) || fs::is_symlink(own, error))) {
            throw Error(
                ErrorKind::user,
                "There is a model named \"" + known.id + "\" already, in " + known.directory.string() + ".",
                "Rename what is to be added."
            );
        }
    }
}

} // namespace

ModelInfo add_model(const fs::path& path) {
    if (is_part(path)) { // a directory of links in the user's folder itself
        const fs::path list = data_dir() / "models";
        refuse_taken_name(path.stem().string(), list / path.stem());
        return describe_model(linked_directory(path, list));
    }
    ModelInfo added = describe_model(path);
    for (const ModelInfo& known : installed_models()) {
        if (known.id != added.id) {
            continue;
        }
        if (known.directory == added.directory) {
            return added;
        }
        throw Error(
            ErrorKind::user,
            "There is a model named \"" + known.id + "\" already, in " + known.directory.string() + ".",
            "Rename the directory that is to be added."
        );
    }
    const fs::path link = data_dir() / "models" / added.id;
    std::error_code error;
    fs::create_directories(link.parent_path(), error);
    if (leads_nowhere(link)) {
        fs::remove(link, error);
    }
    fs::create_directory_symlink(added.directory, link, error);
    if (error) {
        throw Error(
            ErrorKind::resource,
            "The link " + link.string() + " to the model cannot be made: " + error.message() + ".",
            "Check the free space and the permissions there."
        );
    }
    return added;
}

std::vector<ModelPreset> model_presets() {
    std::vector<ModelPreset> all;
    for (const NamedFamily& named : families()) {
        if (named.family.presets == nullptr) {
            continue;
        }
        for (ModelPreset& preset : named.family.presets()) {
            preset.name = std::string(named.name) + "/" + preset.name;
            all.push_back(std::move(preset));
        }
    }
    return all;
}

ModelInfo find_model(const std::string& name_or_directory) {
    std::vector<std::string> problems;
    std::string names;
    for (ModelInfo& info : installed_models(&problems)) {
        if (info.id == name_or_directory) {
            return std::move(info);
        }
        names += (names.empty() ? "" : ", ") + info.id;
    }
    std::error_code error;
    if (is_part(name_or_directory)) {
        return describe_model(linked_directory(name_or_directory, cache_dir() / "linked-models"));
    }
    if (fs::is_directory(name_or_directory, error)) {
        return describe_model(name_or_directory);
    }
    for (const std::string& problem : problems) {
        if (problem.starts_with(name_or_directory + ": ")) {
            throw Error(ErrorKind::user, problem);
        }
    }
    throw Error(
        ErrorKind::user,
        "There is no model named \"" + name_or_directory + "\".",
        names.empty() ? "No model is installed; give the directory of one." : "Installed: " + names + "."
    );
}

} // namespace rushes
