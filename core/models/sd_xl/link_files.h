// A checkpoint of SDXL in one file (its authors' names: UNet, autoencoder and both text encoders), or its
// UNet alone with the rest that is found for it: as a directory of links (models/single_file.h). No libtorch
// here.
#pragma once

#include "models/single_file.h"

#include <filesystem>
#include <optional>

namespace rushes::sd_xl {

/// Nothing for a file without a UNet of SDXL's. Throws Error{user} for an unsound file, one of a kind that is
/// not supported, and where a part is not found: one sentence that says which and where to put it.
std::optional<LinkedModel> link_files(const std::filesystem::path& file);

} // namespace rushes::sd_xl
