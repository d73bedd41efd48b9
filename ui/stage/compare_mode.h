// The ways in which the stage shows two clips at the same moment. Layer 0 is the clip on the stage, layer 1
// the one that it is compared with.
#pragma once

#include <array>
#include <cstddef>

#include <QRect>
#include <QString>

class QPainter;

namespace rushes::ui {

enum class CompareMode {
    wipe,       ///< the other one left of a divider
    side,       ///< the other one left, each in its own half
    difference, ///< of their colours where both lie, enlarged; black: the same
    onion,      ///< the other one shines through, as much as the divider says
};

/// By which factor differences are enlarged: small ones could not be seen. 255 / 64, so that QPainter's
/// ColorDodge gives the same on 8 bits.
inline constexpr double difference_gain = 255.0 / 64;

/// The mode after it, round and round.
CompareMode next(CompareMode mode);

/// As it is remembered: "divider", "side", "difference", "onion"; what is no such name counts as "divider".
QString nameOf(CompareMode mode);
CompareMode compareModeOf(const QString& name);

/// The part of `room` that a fitted picture of the layer may fill.
QRect roomOf(CompareMode mode, std::size_t layer, const QRect& room);

/// The part of `stage` in which the layer is seen, when both are. `divider`: its place in pixels.
QRect sideOf(
    CompareMode mode, std::size_t layer, const QRect& stage, const std::array<QRect, 2>& places, int divider
);

/// For screen readers. `divider`: 0..1.
QString compareWords(CompareMode mode, double divider);

/// Prepares the painter for the picture of layer 1 above that of layer 0.
void beginBlend(QPainter& painter, CompareMode mode, double divider);
/// Said after it, with the same clipping.
void endBlend(QPainter& painter, CompareMode mode, const QRect& picture);

} // namespace rushes::ui
