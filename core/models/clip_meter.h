// How long a prompt is for a CLIP text encoder. No libtorch here.
#pragma once

#include "models/model_info.h"

#include <filesystem>

namespace rushes {

/// Counts as prompt_chunks() cuts, with the 77 places of every published encoder, of which start and end take
/// two.
PromptMeter clip_meter(const std::filesystem::path& tokenizer);

} // namespace rushes
