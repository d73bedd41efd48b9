// The picture, in the clip's true aspect, and nothing on top of it. Two clips are compared in several ways,
// the first: the other one lies left of a divider that the mouse or the keyboard moves. Drawn by the graphics
// card where one can be used; elsewhere scaled by a thread of its own. The window's thread only hands
// pictures on.
#pragma once

#include "stage/compare_mode.h"
#include "stage/stage_space.h"

#include <array>
#include <memory>

#include <QImage>
#include <QSize>
#include <QWidget>

class QOffscreenSurface;
class QThreadPool;

namespace rushes::ui {

class GpuScreen;
class PictureScaler;
class TaskThread;
class VideoFeed;

class StageView : public QWidget {
    Q_OBJECT

public:
    explicit StageView(QWidget* parent = nullptr);
    ~StageView() override;

    /// The clip's size decides the frame's shape; pictures (previews, drafts) may be smaller.
    void setShape(QSize shape);
    void setPicture(const QImage& picture);

    const QImage& picture() const { return layers_[0].picture; }

    /// The other clip's picture, in its own shape; empty shape: nothing is compared.
    void setOther(const QImage& picture, QSize shape);

    bool comparing() const { return !layers_[1].shape.isEmpty(); }

    void setCompareMode(CompareMode mode);

    CompareMode compareMode() const { return mode_; }

    /// Where the divider stands, 0..1 of the picture's width; of onion skin: how much of the other one is
    /// seen.
    void setDivider(double place);

    double divider() const { return divider_; }

    /// Shown in the middle while there is no clip at all.
    void setHint(const QString& title, const QString& text);

    const QString& hint() const { return title_; }

    /// Makes room for something below the hint.
    void setHintLift(int pixels);
    int hintBottom() const;

    QRect pictureRect() const;
    QSize minimumSizeHint() const override;

    /// Enlarges around a point of the widget; 1 / factor makes it smaller again.
    void zoomBy(double factor, const QPointF& fixed);

    void zoomBy(double factor) { zoomBy(factor, QRectF(rect()).center()); }

    void zoomToFit();

    double zoom() const { return space_.zoom(); }

    void setGuides(bool on);

    /// Moves to the graphics card where there is a usable one; looks for it off the window's thread.
    void findGraphicsCard();

    bool onGraphicsCard() const { return screen_ != nullptr; }

    /// Everything that was asked for is ready to be painted.
    bool settled() const;

signals:
    void clicked();
    void doubleClicked();
    void dragged(); ///< away from the stage, as a file
    void menuRequested(const QPoint& global);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    struct Layer {
        QSize shape; ///< of its clip
        QImage picture;
        std::unique_ptr<PictureScaler> scaler; ///< without a graphics card
        std::unique_ptr<VideoFeed> feed;       ///< with one
    };

    bool setLayer(std::size_t index, const QImage& picture);
    void arrange();
    void arrangeScaler(std::size_t layer);
    void moveToGraphicsCard();
    QRect placeOf(std::size_t layer) const;

    std::array<QRect, 2> places() const { return {placeOf(0), placeOf(1)}; }

    QRect room(std::size_t layer) const;
    QSize shapeOf(std::size_t layer) const;
    QRect sideOf(std::size_t layer) const;
    QRect pixelsOf(const QRect& place) const;
    int dividerX() const;
    bool nearDivider(const QPoint& place) const;
    bool bothSeen() const;
    void describe();
    void paintLayer(QPainter& painter, std::size_t layer) const;
    void paintSurround(QPainter& painter) const;
    void paintOverlay(QPainter& painter) const;

    std::array<Layer, 2> layers_; ///< the clip on the stage, and the one it is compared with
    GpuScreen* screen_ = nullptr;
    CompareMode mode_ = CompareMode::wipe;
    double divider_ = 0.5;
    enum class Hold { none, picture, divider, pan };
    Hold hold_ = Hold::none; ///< what the mouse holds
    QPointF held_at_;
    StageSpace space_;
    bool guides_ = false;
    QString title_;
    QString text_;
    std::unique_ptr<QThreadPool> helpers_; ///< copy large pictures
    int hint_lift_ = 0;
    std::unique_ptr<QOffscreenSurface> probe_;
    std::unique_ptr<TaskThread> search_; ///< last: ends first
};

} // namespace rushes::ui
