// File formats and shapes that the export offers, as values without widgets.
#pragma once

#include "media/presets.h"

#include <cstdint>
#include <span>
#include <string>

#include <QSize>
#include <QString>

namespace rushes::ui {

struct ExportFormat {
    const char* label; ///< for QT_TRANSLATE_NOOP("ExportDialog")
    const char* suffix;
    bool has_quality;
    double bytes_per_pixel; ///< of a frame, about; of MP4 and WebP at the middle quality
};

std::span<const ExportFormat> exportFormats();

/// About how large a file gets; `quality`: 0 best, 1 good, 2 small.
std::uint64_t expectedBytes(const ExportFormat& format, QSize size, std::int64_t frames, int quality);

/// "9x16" for 1080 x 1920; "224x128" for what has no usual name.
QString shapeTag(QSize size);

/// The preset whose shape is nearest to the clip's.
const SizePreset& nearestPreset(QSize clip);

} // namespace rushes::ui
