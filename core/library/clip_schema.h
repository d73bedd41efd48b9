// The tables of the library of clips.
#pragma once

#include <string>
#include <vector>

namespace rushes {

/// As DatabaseFormat::versions has them. Version 1 had the table of clips alone.
std::vector<std::string> clip_library_versions();

} // namespace rushes
