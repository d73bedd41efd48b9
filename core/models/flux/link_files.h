// FLUX.1-schnell's transformer as one file (its authors' names or diffusers'), alone or with the rest of the
// model in it as ComfyUI has it, and what is found for it: as a directory of links (models/single_file.h). No
// libtorch here.
#pragma once

#include "models/single_file.h"

#include <filesystem>
#include <optional>

namespace rushes::flux {

/// Nothing for a file without a transformer of FLUX.1. Throws Error{user} for an unsound file, for
/// FLUX.1-dev, and where a part is not found: one sentence that says which and where to put it.
std::optional<LinkedModel> link_files(const std::filesystem::path& file);

} // namespace rushes::flux
