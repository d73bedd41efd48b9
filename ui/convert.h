// The border between core (std::string, Frame) and Qt (QString, QImage): types cross here and nowhere else.
#pragma once

#include "base/frame.h"

#include <filesystem>
#include <string>

#include <QImage>
#include <QString>

namespace rushes::ui {

inline QString toQString(const std::string& utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

inline std::string toStd(const QString& text) {
    return text.toStdString();
}

QString toQString(const std::filesystem::path& path);
std::filesystem::path toPath(const QString& path);

/// The frame as an image that shares its pixels: no copy. The image and its copies keep the frame alive.
/// A null frame gives a null image.
QImage toQImage(const FramePtr& frame);

/// A copy of the image as a frame (thumbnails read from disk, tests).
FramePtr toFrame(const QImage& image, std::int64_t index = 0);

} // namespace rushes::ui
