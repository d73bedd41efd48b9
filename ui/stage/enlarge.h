// Enlarging small pictures for the stage without the cross pattern of bilinear scaling.
#pragma once

#include <QImage>
#include <QSize>

namespace rushes::ui {

/// The picture doubled in size by Catmull-Rom interpolation (Keys 1981, a = -1/2) until it is at least half
/// as large as `target`; what is left to do is smooth enough for bilinear scaling. RGB888; other formats come
/// back as they are.
QImage enlarge(const QImage& picture, QSize target);

} // namespace rushes::ui
