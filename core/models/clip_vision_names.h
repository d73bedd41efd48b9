// CLIP's image encoder in the files of others: the .pth that Wan 2.1 was published with (wan/modules/clip.py,
// open-clip-xlm-roberta-large-vit-huge-14) and OpenCLIP's own names. No libtorch here.
#pragma once

#include "nn/weights/weight_names.h"

#include <cstdint>
#include <map>
#include <string>

namespace rushes {

// Note [one weight for three]
// Both keep query, key and value in one weight, which own names call "qkv_proj"; Wan's class and position
// embeddings have dimensions of one in front (own names: "cls_embedding", "pos_embedding").
WeightNames clip_vision_names();

/// Numbers by own name, as if the file had the tensors of a published directory.
void spread_clip_vision(std::map<std::string, std::int64_t>& numbers);

} // namespace rushes
