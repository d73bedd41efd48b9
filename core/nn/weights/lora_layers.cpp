#include "nn/weights/lora_layers.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace rushes {

namespace {

constexpr std::array<std::string_view, 10> prefixes{
    "base_model.model.",
    "model.diffusion_model.",
    "diffusion_model.",
    "transformer.",
    "unet.",
    "text_encoder.",
    "lora_unet_",
    "lora_transformer_",
    "lora_te_",
    "lora_te1_"
};

std::string flat(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, '.', '_');
    return text;
}

/// Empty: of another component than the one that `own` prefixes are of.
std::string_view without_prefix(std::string_view layer, const std::vector<std::string>& own) {
    if (!own.empty()) {
        const auto found =
            std::ranges::find_if(own, [&](const std::string& prefix) { return layer.starts_with(prefix); });
        return found == own.end() ? std::string_view() : layer.substr(found->size());
    }
    for (const std::string_view prefix : prefixes) { // in the order in which they may stand
        if (layer.starts_with(prefix)) {
            layer.remove_prefix(prefix.size());
        }
    }
    return layer;
}

std::string layer_of(const std::string& name) {
    return name.substr(0, name.rfind('.'));
}

/// The layer's name without what older files of diffusers put into it: attention had a processor that held
/// the factors, and called its output "to_out".
std::string without_processor(std::string layer) {
    constexpr std::string_view processor = ".processor.";
    if (const std::size_t at = layer.find(processor); at != std::string::npos) {
        layer.erase(at, processor.size() - 1);
        layer += layer.ends_with(".to_out") ? ".0" : "";
    }
    return layer;
}

} // namespace

LoraLayers::LoraLayers(const WeightIndex& component, const WeightNames& names)
    : prefixes_(names.lora_prefixes) {
    std::set<std::string> layers;
    for (const auto& [name, place] : component.places) {
        layers.insert(layer_of(name));
    }
    for (const std::string& layer : layers) {
        targets_[flat(layer)] = {{layer}};
    }
    for (const NameMap& map : names.maps) {
        for (const std::string& layer : layers) {
            if (const auto rows = map.rows(layer)) {
                targets_[flat(rows->name)].push_back({layer, *rows});
            } else {
                targets_.emplace(flat(map.foreign(layer)), std::vector<LoraTarget>{{layer}});
            }
        }
    }
}

const std::vector<LoraTarget>& LoraLayers::find(const std::string& layer) const {
    static const std::vector<LoraTarget> none;
    const std::string plain = without_processor(layer);
    const auto found = targets_.find(flat(without_prefix(plain, prefixes_)));
    return found == targets_.end() ? none : found->second;
}

} // namespace rushes
