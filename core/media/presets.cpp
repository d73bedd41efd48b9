#include "media/presets.h"

#include <algorithm>

namespace rushes {

ExportSize export_size(const SizePreset& preset, int native_width, int native_height) {
    if (preset.width > 0) {
        return {preset.width, preset.height};
    }
    return preset.scale == 1 ? ExportSize{}
                             : ExportSize{native_width * preset.scale, native_height * preset.scale};
}

const SizePreset* find_preset(std::string_view id) {
    const auto found = std::find_if(size_presets.begin(), size_presets.end(), [&](const SizePreset& p) {
        return p.id == id;
    });
    return found == size_presets.end() ? nullptr : &*found;
}

} // namespace rushes
