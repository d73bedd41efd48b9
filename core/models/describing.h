// What the families' describe() functions have in common. No libtorch here.
#pragma once

#include "models/cost_parts.h"
#include "models/model_info.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rushes {

/// Called as its directory is, until a card says otherwise.
ModelInfo model_of(const std::filesystem::path& directory);

/// What the names of distilled models say, "4step", "8-Step": 4, 8. 0: they don't.
int steps_in(const std::string& name);

/// A model of stills: one frame of any size on the lattice, `sizes` as keep_sizes_on_lattice() leaves them;
/// without a draft, as the first step's preview is there as soon.
void describe_stills(ModelInfo& info, int size_multiple, std::vector<PictureSize> sizes, int side);

/// Sizes that are not on the lattice go; where none stays, a square of about `side` takes their place.
void keep_sizes_on_lattice(Lattice& lattice, int side);

/// Reads the headers of the components' weights, and fills in what they say of the model: weight_bytes and
/// hash. The hash also covers `small_files` (paths below info.directory) and each component's config.json.
/// `names`: those of components in the files of others. Throws Error{user}.
ComponentWeights index_components(
    ModelInfo& info,
    const std::vector<std::string>& components,
    std::vector<std::filesystem::path> small_files,
    const std::map<std::string, WeightNames>& names = {}
);

} // namespace rushes
