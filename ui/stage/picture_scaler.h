// Pictures for a screen without a usable graphics card: scaled on a thread of its own, the latest wins, and
// no faster than the screen. The window only copies what is ready.
#pragma once

#include "base/channel.h"
#include "work/task_thread.h"

#include <QElapsedTimer>
#include <QImage>
#include <QObject>
#include <QRectF>
#include <QThreadPool>
#include <QTimer>

namespace rushes::ui {

class PictureScaler : public QObject {
    Q_OBJECT

public:
    struct Wish {
        QImage picture;
        QRectF source; ///< the part that is seen, in its pixels
        QSize target;  ///< pixels of the screen

        bool operator==(const Wish& other) const {
            return picture.cacheKey() == other.picture.cacheKey() && source == other.source &&
                   target == other.target;
        }
    };

    explicit PictureScaler(QObject* parent = nullptr);

    void want(const Wish& wish);

    /// What was made last; null when nothing was or nothing is wanted.
    const QImage& picture() const { return picture_; }

    /// Nothing is under way.
    bool settled() const { return !busy_ && made_ == wish_; }

    /// Pictures a second at most: what the screen shows.
    void setFastest(double rate);

signals:
    void ready();

private:
    void begin();
    void take();

    Wish wish_;
    Wish made_;
    QImage picture_;
    QImage spare_; ///< the picture before: its memory is used again
    bool busy_ = false;
    int period_ms_ = 0; ///< of the screen
    QElapsedTimer since_begin_;
    QTimer pause_;
    Mailbox<QImage> done_;
    QThreadPool helpers_; ///< of the thread
    TaskThread thread_;   ///< last: ends first
};

} // namespace rushes::ui
