// Under which licence a model was published, as its own files say. No libtorch here.
#pragma once

#include <filesystem>
#include <string>

namespace rushes {

/// By the head of README.md as the Hugging Face Hub writes it ("license: apache-2.0", or license_name where
/// that is "other"). Empty: the files don't say.
std::string licence_of(const std::filesystem::path& directory);

} // namespace rushes
