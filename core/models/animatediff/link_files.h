// Motion modules and Stable Diffusion 1.5 as people have them: a motion adapter's folder or single file
// (AnimateDiff's own, Lightning's, AnimateLCM's), a checkpoint in one file, a directory of Stable Diffusion.
// What belongs to what is given is found, and both become a directory of links (models/single_file.h). No
// libtorch here.
#pragma once

#include "models/single_file.h"

#include <filesystem>
#include <optional>

namespace rushes::animatediff {

/// `given`: a motion module's file, a motion adapter's folder, or a checkpoint of Stable Diffusion. Nothing
/// for what is neither. Throws Error{user} for those of another base (SDXL, 2.x), and where the other half is
/// not found: one sentence that says which and where to put it.
std::optional<LinkedModel> link_files(const std::filesystem::path& given);

} // namespace rushes::animatediff
