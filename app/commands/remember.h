#pragma once

#include "library/clip_library.h"

namespace rushes {

/// The clip appears in the studio's film strip too. A library that cannot be written costs a line, not the
/// clip.
void remember(const ClipRecord& record);

} // namespace rushes
