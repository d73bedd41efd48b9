// The cache of Hugging Face's tools: models--OWNER--NAME/snapshots/COMMIT, whose files are links into blobs.
// No libtorch here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rushes {

/// $HF_HUB_CACHE, $HF_HOME/hub, or huggingface/hub in the user's cache folder.
std::filesystem::path hub_cache_dir();

/// Of each repository with a model_index.json the commit that its branch main is at, else the newest that is
/// there. In the order of their names.
std::vector<std::filesystem::path> hub_models();

/// NAME of a directory models--OWNER--NAME/snapshots/COMMIT: not COMMIT, NAME is what people call the model.
/// Empty for other directories.
std::string name_in_hub_cache(const std::filesystem::path& directory);

} // namespace rushes
