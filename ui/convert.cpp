#include "convert.h"

#include <cstring>
#include <memory>

#include <QFile>

namespace rushes::ui {

QString toQString(const std::filesystem::path& path) {
    return QFile::decodeName(QByteArray::fromStdString(path.string()));
}

std::filesystem::path toPath(const QString& path) {
    return std::filesystem::path(QFile::encodeName(path).toStdString());
}

QImage toQImage(const FramePtr& frame) {
    if (!frame || frame->width <= 0 || frame->height <= 0) {
        return {};
    }
    auto owner = std::make_unique<FramePtr>(frame);
    const auto release = [](void* held) { std::unique_ptr<FramePtr>(static_cast<FramePtr*>(held)); };
    // The const overload marks the data read-only: a painter on this image detaches instead of writing into
    // the frame.
    return QImage(
        frame->rgb.data(),
        frame->width,
        frame->height,
        qsizetype{3} * frame->width,
        QImage::Format_RGB888,
        release,
        owner.release() // comes back through `release`
    );
}

FramePtr toFrame(const QImage& image, std::int64_t index) {
    const QImage rgb = image.convertToFormat(QImage::Format_RGB888);
    auto frame = std::make_shared<Frame>();
    frame->width = rgb.width();
    frame->height = rgb.height();
    frame->index = index;
    const std::size_t row = std::size_t{3} * static_cast<std::size_t>(rgb.width());
    frame->rgb.resize(row * static_cast<std::size_t>(rgb.height()));
    for (int y = 0; y < rgb.height(); ++y) {
        std::memcpy(frame->rgb.data() + row * static_cast<std::size_t>(y), rgb.constScanLine(y), row);
    }
    return frame;
}

} // namespace rushes::ui
