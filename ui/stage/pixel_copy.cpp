#include "stage/pixel_copy.h"

#include "work/in_parts.h"

#include <cstring>

#include <QPaintEngine>

namespace rushes::ui {

namespace {

/// The image that a painter of the raster engine draws on; null for others.
QImage* imageUnder(const QPainter& painter) {
    const QPaintEngine* engine = painter.paintEngine();
    if (engine == nullptr || engine->type() != QPaintEngine::Raster ||
        engine->paintDevice()->devType() != QInternal::Image) {
        return nullptr;
    }
    auto* image = static_cast<QImage*>(engine->paintDevice());
    const bool fits =
        image->format() == QImage::Format_RGB32 || image->format() == QImage::Format_ARGB32_Premultiplied;
    return fits ? image : nullptr;
}

} // namespace

bool copyPixels(QPainter& painter, QPoint corner, const QImage& picture, QThreadPool& helpers) {
    QImage* image = imageUnder(painter);
    const QRect place(corner, picture.size());
    if (image == nullptr || picture.format() != QImage::Format_RGB32 || !image->rect().contains(place)) {
        return false;
    }
    const QRegion seen = painter.paintEngine()->systemClip();
    if (!seen.isEmpty() && !QRegion(place).subtracted(seen).isEmpty()) {
        return false;
    }
    uchar* const to = image->bits() + corner.y() * image->bytesPerLine() + 4 * corner.x();
    const qsizetype to_line = image->bytesPerLine();
    inParts(picture.height(), partsWorthIt(picture.sizeInBytes(), helpers), helpers, [&](int first, int end) {
        for (int y = first; y < end; ++y) {
            std::memcpy(to + y * to_line, picture.constScanLine(y), std::size_t{4} * picture.width());
        }
    });
    return true;
}

} // namespace rushes::ui
