// A transformer that people have as one file (Wan's own names, ComfyUI's, GGUF, fp8), with the VAE, the text
// encoder and the tokenizer that are found for it: as a directory of links (models/single_file.h). No
// libtorch here.
#pragma once

#include "models/single_file.h"

#include <filesystem>
#include <optional>

namespace rushes::wan {

/// Nothing for a file that is no transformer in the shapes of a published one. Throws Error{user} for an
/// unsound file, and where a part is not found: one sentence that says which and where to put it.
std::optional<LinkedModel> link_files(const std::filesystem::path& file);

} // namespace rushes::wan
