#include "stage/compare_mode.h"

#include "stage/stage_view.h"
#include "theme/tokens.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

namespace rushes::ui {

namespace {

constexpr std::array<const char*, 4> names{"divider", "side", "difference", "onion"};

} // namespace

CompareMode next(CompareMode mode) {
    return mode == CompareMode::onion ? CompareMode::wipe
                                      : static_cast<CompareMode>(static_cast<int>(mode) + 1);
}

QString nameOf(CompareMode mode) {
    return QLatin1String(names.at(static_cast<std::size_t>(mode)));
}

CompareMode compareModeOf(const QString& name) {
    const auto* const found =
        std::ranges::find_if(names, [&](const char* n) { return name == QLatin1String(n); });
    return found == names.end() ? CompareMode::wipe : static_cast<CompareMode>(found - names.begin());
}

QRect roomOf(CompareMode mode, std::size_t layer, const QRect& room) {
    if (mode != CompareMode::side) {
        return room;
    }
    const int half = (room.width() - size::space2) / 2;
    return layer == 0 ? room.adjusted(room.width() - half, 0, 0, 0)
                      : QRect(room.topLeft(), QSize(half, room.height()));
}

QRect sideOf(
    CompareMode mode, std::size_t layer, const QRect& stage, const std::array<QRect, 2>& places, int divider
) {
    switch (mode) {
    case CompareMode::wipe:
        break;
    case CompareMode::side:
        divider = stage.center().x();
        break;
    case CompareMode::difference:
        return places[0] & places[1] & stage;
    case CompareMode::onion:
        return stage;
    }
    return layer == 0 ? QRect(divider, 0, stage.width() - divider, stage.height())
                      : QRect(0, 0, divider, stage.height());
}

QString compareWords(CompareMode mode, double divider) {
    const long percent = std::lround(divider * 100);
    switch (mode) {
    case CompareMode::wipe:
        return StageView::tr("Two clips, divided at %1 percent").arg(percent);
    case CompareMode::side:
        return StageView::tr("Two clips side by side");
    case CompareMode::difference:
        return StageView::tr("The difference of two clips");
    case CompareMode::onion:
        return StageView::tr("Two clips, the other one %1 percent opaque").arg(percent);
    }
    return {};
}

void beginBlend(QPainter& painter, CompareMode mode, double divider) {
    if (mode == CompareMode::difference) {
        painter.setCompositionMode(QPainter::CompositionMode_Difference);
    } else if (mode == CompareMode::onion) {
        painter.setOpacity(divider);
    }
}

void endBlend(QPainter& painter, CompareMode mode, const QRect& picture) {
    if (mode == CompareMode::difference) { // d / (1 - s): as often as s says
        const int s = static_cast<int>(std::lround(255 - 255 / difference_gain));
        painter.setCompositionMode(QPainter::CompositionMode_ColorDodge);
        painter.fillRect(picture, QColor(s, s, s));
    }
    painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
    painter.setOpacity(1);
}

} // namespace rushes::ui
