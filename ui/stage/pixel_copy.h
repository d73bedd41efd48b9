// Pixels that are ready, brought to where the window is painted.
#pragma once

#include <QImage>
#include <QPainter>
#include <QPoint>
#include <QThreadPool>

namespace rushes::ui {

/// Copies an RGB32 picture as it is, its corner at `corner` in pixels of the device; the threads of `helpers`
/// take their parts: what a picture of 4K costs is the memory's time, and one thread alone does not use all
/// of it. False, and nothing done, where the painter draws on something else or in part of that place only.
bool copyPixels(QPainter& painter, QPoint corner, const QImage& picture, QThreadPool& helpers);

} // namespace rushes::ui
