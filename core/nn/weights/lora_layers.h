// Which layers of a component the names in a LoRA's file mean (Note [names in LoRA files] in lora.h). No
// libtorch here.
#pragma once

#include "nn/weights/weight_index.h"
#include "nn/weights/weight_names.h"

#include <map>
#include <string>
#include <vector>

namespace rushes {

/// A layer of the component, and which rows are its own of what a LoRA has under the name.
struct LoraTarget {
    std::string layer;
    NameMap::Rows rows = {};
};

class LoraLayers {
public:
    LoraLayers(const WeightIndex& component, const WeightNames& names);

    /// What a file's layer is here: several where others have one weight for them; none: of another
    /// component.
    const std::vector<LoraTarget>& find(const std::string& layer) const;

private:
    std::vector<std::string> prefixes_; ///< WeightNames::lora_prefixes
    std::map<std::string, std::vector<LoraTarget>> targets_;
};

} // namespace rushes
