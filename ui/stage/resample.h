// A part of a picture brought to another size, for a screen without a usable graphics card.
#pragma once

#include <QImage>
#include <QRectF>
#include <QSize>

class QThreadPool;

namespace rushes::ui {

/// The part `source` of an RGB888 picture (in its pixels; fractions allowed) as `target` pixels of RGB32.
/// Catmull-Rom (Keys 1981, a = -1/2); for smaller targets the kernel is stretched, after halving by 2x2 means
/// while the target is less than half as large. Other formats are converted first. Null when there is nothing
/// to show. `into`: an image that nobody needs any more; its memory is used again where it fits. `helpers`:
/// threads that take their part of a large picture. Safe on any thread.
QImage resample(
    const QImage& picture,
    const QRectF& source,
    QSize target,
    QImage into = {},
    QThreadPool* helpers = nullptr
);

} // namespace rushes::ui
