// How alike two clips are, frame by frame: SSIM as a small curve below the picture, as wide as the clip. A
// click goes to the frame.
#pragma once

#include <vector>

#include <QWidget>

namespace rushes::ui {

class LikenessCurve : public QWidget {
    Q_OBJECT

public:
    explicit LikenessCurve(QWidget* parent = nullptr);

    /// SSIM of each frame; empty: hidden. `frames`: of the clip on the stage, which may be longer.
    void setValues(std::vector<double> values, int frames);

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
    void choose(double x);

    std::vector<double> values_;
    double lowest_ = 0; ///< at the lower edge
    int frames_ = 0;
    int position_ = 0;
};

} // namespace rushes::ui
