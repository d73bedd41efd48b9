#include "stage/video_feed.h"

#include "work/home_call.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <QVideoFrameFormat>

namespace rushes::ui {

namespace {

void copyRow(const std::uint8_t* __restrict rgb, int width, std::uint8_t* __restrict rgbx) {
    for (int x = 0; x < width; ++x) {
        rgbx[4 * x] = rgb[3 * x];
        rgbx[4 * x + 1] = rgb[3 * x + 1];
        rgbx[4 * x + 2] = rgb[3 * x + 2];
        rgbx[4 * x + 3] = 255;
    }
}

} // namespace

QVideoFrame toVideoFrame(const QImage& picture) {
    if (picture.isNull()) {
        return {};
    }
    const QImage rgb = picture.convertToFormat(QImage::Format_RGB888);
    QVideoFrame frame(QVideoFrameFormat(rgb.size(), QVideoFrameFormat::Format_RGBX8888));
    if (!frame.map(QVideoFrame::WriteOnly)) {
        return {};
    }
    for (int y = 0; y < rgb.height(); ++y) {
        copyRow(rgb.constScanLine(y), rgb.width(), frame.bits(0) + std::ptrdiff_t{y} * frame.bytesPerLine(0));
    }
    frame.unmap();
    return frame;
}

VideoFeed::VideoFeed(QObject* parent)
    : QObject(parent),
      wanted_([this] {
          thread_.post([this](std::stop_token) {
              if (const auto picture = wanted_.take()) {
                  frames_.put(toVideoFrame(*picture));
              }
          });
      }),
      frames_([this] {
          callHome(this, [this] {
              if (const auto frame = frames_.take()) {
                  sink_.setVideoFrame(*frame);
              }
          });
      }) {}

void VideoFeed::put(const QImage& picture) {
    wanted_.put(picture);
}

} // namespace rushes::ui
