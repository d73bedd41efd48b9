// The tables of the library of clips.
#pragma once

#include "library/database.h"

namespace rushes {

/// Version 1 had the table of clips alone.
DatabaseFormat clip_library_format();

} // namespace rushes
