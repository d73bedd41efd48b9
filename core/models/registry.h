// The families: registry.cpp holds the only list. See docs/add-a-model-family.md.
//
// describe() is free of libtorch and lives in the target rushes_models_info; load_pipeline() (pipeline.h)
// lives in rushes_models. Both are generated from families.def.
#pragma once

#include "models/model_info.h"
#include "models/preset.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rushes {

/// Reads model_index.json and the component configs. Throws Error{user}: not a directory, no
/// model_index.json, an unknown pipeline or component class, a missing component or number. Reads no weights
/// beyond their headers.
ModelInfo describe_model(const std::filesystem::path& directory);

/// The model that ships inside first, then every directory with a model_index.json below the user's models
/// folder, then those of our families in the Hugging Face cache. Directories that cannot be described and
/// links that lead nowhere are left out; their sentences go to `problems` when it is given.
std::vector<ModelInfo> installed_models(std::vector<std::string>* problems = nullptr);

/// Puts a directory, or a transformer's single file with the parts that are found for it, on the list for
/// good: links in the user's models folder lead there, nothing is copied. One that is on the list already
/// stays as it is. Throws what describe_model() throws, Error{user} when another model has that name, and
/// Error{resource} when the link cannot be made.
ModelInfo add_model(const std::filesystem::path& path);

/// What the families know to be published, the smallest first.
std::vector<PublishedModel> published_models();

/// The shapes that `rushes models --random` writes, named "family/preset".
std::vector<ModelPreset> model_presets();

/// By name (ModelInfo::id), directory, or a transformer's single file. Throws Error{user} that lists the
/// names when there is no such model.
ModelInfo find_model(const std::string& name_or_directory);

} // namespace rushes
