// Sizes that places ask for, as a table.
#pragma once

#include <array>
#include <string_view>

namespace rushes {

struct SizePreset {
    std::string_view id;    ///< for the command line and settings
    std::string_view label; ///< for people
    int width = 0;          ///< pixels; 0: native times `scale`
    int height = 0;
    int scale = 1;
};

/// TikTok, Reels and Shorts want the same file, so there is one button for them.
inline constexpr std::array<SizePreset, 7> size_presets{{
    {"native", "Native size", 0, 0, 1},
    {"2x", "Twice the native size", 0, 0, 2},
    {"4x", "Four times the native size", 0, 0, 4},
    {"vertical", "Reels, Shorts, TikTok (9:16)", 1080, 1920, 1},
    {"portrait", "Instagram portrait (4:5)", 1080, 1350, 1},
    {"square", "Square (1:1)", 1080, 1080, 1},
    {"landscape", "YouTube, X (16:9)", 1920, 1080, 1},
}};

struct ExportSize {
    int width = 0;
    int height = 0;
    bool operator==(const ExportSize&) const = default;
};

/// What ExportSettings get for a clip of a native size; 0x0 for "native".
ExportSize export_size(const SizePreset& preset, int native_width, int native_height);

/// The preset with this id; null when there is none.
const SizePreset* find_preset(std::string_view id);

} // namespace rushes
