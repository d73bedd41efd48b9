// The way of a picture to the graphics card, first half: from the program's RGB to a video frame in a sink of
// Qt Multimedia, off the window's thread; the latest wins. Whatever else can feed a sink (a camera, a player)
// can feed the stage.
#pragma once

#include "base/channel.h"
#include "work/task_thread.h"

#include <QImage>
#include <QObject>
#include <QVideoFrame>
#include <QVideoSink>

namespace rushes::ui {

/// A copy of the picture as 8-bit RGBX; an invalid frame for a null picture.
QVideoFrame toVideoFrame(const QImage& picture);

class VideoFeed : public QObject {
    Q_OBJECT

public:
    explicit VideoFeed(QObject* parent = nullptr);

    void put(const QImage& picture);

    QVideoSink& sink() { return sink_; }

private:
    QVideoSink sink_;
    Mailbox<QImage> wanted_;
    Mailbox<QVideoFrame> frames_;
    TaskThread thread_; ///< last: ends first
};

} // namespace rushes::ui
