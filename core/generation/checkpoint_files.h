// What the files of a run's checkpoint are called. The name says of which run a file is and what came before
// it, so that what many runs left lies side by side and is found without being read. No libtorch here.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace rushes {

// Note [lineage]
// A piece of a run may serve every run that was the same until there. So the identity of a run is all that
// its numbers depend on but the changes on its way, and each change that came before a piece is hashed on
// top: another way from block 5 finds blocks 0 to 4, another prompt from step 10 on finds the first ten
// steps.
/// What a piece is that comes after `change`, of a run that was `lineage` until then.
std::string turned(const std::string& lineage, const std::string& change);

struct CheckpointFile {
    std::string kind; ///< letters only
    int pass = 0;
    int block = 0;
    int steps = 0;       ///< done of the block
    std::string run;     ///< its identity, hexadecimal
    std::string lineage; ///< hexadecimal; of a piece that no change came before, the identity
};

/// Of the identities the first digits only: who reads the file compares the whole.
std::string name_of(const CheckpointFile& file);

/// From a name that name_of() gave; nothing for any other.
std::optional<CheckpointFile> checkpoint_file(const std::filesystem::path& path);

/// The part of its name that all files of a run share.
std::string short_name(const std::string& identity);

/// What runs left in `folder` goes, half written files too, and the folder where nothing else is in it.
/// Never throws.
void remove_checkpoint(const std::filesystem::path& folder);

} // namespace rushes
