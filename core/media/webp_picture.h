// One picture as WebP: small, quick to make, and every browser shows it.
#pragma once

#include "base/frame.h"

#include <string>

namespace rushes {

/// A WebP file's bytes, lossy. `quality` is libwebp's: 0 (smallest) to 100. Throws Error{resource}: a side is
/// larger than 16383 pixels, or there is no memory.
std::string encode_webp(const Frame& frame, float quality);

} // namespace rushes
