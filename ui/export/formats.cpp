#include "export/formats.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <QCoreApplication>

namespace rushes::ui {

namespace {

// Bytes a pixel of a frame: clips of the built-in model exported at 1080x1350 with a blurred surround; GIF
// took 7.3 MB for 36 frames. Real footage differs by a factor of two either way, so the dialog says "about".
constexpr ExportFormat formats[] = {
    {QT_TRANSLATE_NOOP("ExportDialog", "MP4 · H.264, plays everywhere"), ".mp4", true, 0.009},
    {QT_TRANSLATE_NOOP("ExportDialog", "GIF · loops, 256 colours"), ".gif", false, 0.14},
    {QT_TRANSLATE_NOOP("ExportDialog", "WebP · loops, small"), ".webp", true, 0.02},
    {QT_TRANSLATE_NOOP("ExportDialog", "PNG sequence · lossless, a folder"), "-%04d.png", false, 0.6},
    {QT_TRANSLATE_NOOP("ExportDialog", "MKV · FFV1, lossless"), ".mkv", false, 0.5},
    {QT_TRANSLATE_NOOP("ExportDialog", "JPEG · a picture a frame, opens everywhere"), "-%04d.jpg", true, 0.15
    },
    {QT_TRANSLATE_NOOP("ExportDialog", "AVIF · a picture a frame, small"), "-%04d.avif", true, 0.06},
};

constexpr double quality_factor[] = {1.7, 1, 0.5};

} // namespace

std::span<const ExportFormat> exportFormats() {
    return formats;
}

std::uint64_t expectedBytes(const ExportFormat& format, QSize size, std::int64_t frames, int quality) {
    const double factor = format.has_quality ? quality_factor[std::clamp(quality, 0, 2)] : 1;
    return static_cast<std::uint64_t>(
        format.bytes_per_pixel * factor * size.width() * size.height() * static_cast<double>(frames)
    );
}

QString shapeTag(QSize size) {
    const int common = std::gcd(size.width(), size.height());
    QSize shape = common > 0 ? size / common : size;
    constexpr int longest_usual = 21;
    if (std::max(shape.width(), shape.height()) > longest_usual) {
        shape = size;
    }
    return QStringLiteral("%1x%2").arg(shape.width()).arg(shape.height());
}

const SizePreset& nearestPreset(QSize clip) {
    const auto distance = [&](const SizePreset& preset) {
        if (preset.width == 0 || clip.isEmpty()) {
            return 1e9;
        }
        const double clip_shape = static_cast<double>(clip.width()) / clip.height();
        return std::abs(std::log(clip_shape * preset.height / preset.width));
    };
    return *std::ranges::min_element(size_presets, {}, distance);
}

} // namespace rushes::ui
