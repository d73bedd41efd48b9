// How alike two clips are, frame by frame: SSIM as a small curve below the picture, as wide as the clip. A
// click goes to the frame; with the focus the keys of playback move it.
#pragma once

#include <vector>

#include <QString>
#include <QWidget>

class QPainter;

namespace rushes::ui {

class LikenessCurve : public QWidget {
    Q_OBJECT

public:
    explicit LikenessCurve(QWidget* parent = nullptr);

    /// SSIM of each frame. `frames`: of the clip on the stage, which may be longer. `note`: what is to be
    /// known of the values, or in their place why there are none; without both it is hidden.
    void setValues(std::vector<double> values, int frames, const QString& note = {});

    const std::vector<double>& values() const { return values_; }

    void setPosition(int frame);
    QSize sizeHint() const override;

    /// Where a frame's value lies.
    QPointF pointOf(int frame) const;

signals:
    void chosen(int frame);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void describe();
    void paintCurve(QPainter& painter, const QRectF& box);
    void paintScale(QPainter& painter, const QRectF& box);
    void choose(double x);

    std::vector<double> values_;
    QString note_;
    double lowest_ = 0; ///< at the lower edge
    int frames_ = 0;
    int position_ = 0;
};

} // namespace rushes::ui
