// Which part of a picture a clip of some shape shows: a frame that can be moved and made smaller.
#pragma once

#include <QDialog>
#include <QImage>
#include <QPoint>
#include <QRectF>

namespace rushes::ui {

class CropView : public QWidget {
    Q_OBJECT

public:
    /// `ratio`: width of the frame by its height.
    CropView(QImage picture, double ratio, QWidget* parent = nullptr);

    /// In pixels of the picture, within it.
    QRect part() const;

    /// As far as the picture reaches, in its pixels.
    void moveBy(QPointF pixels);

    /// Around its middle; 1 is the largest that fits.
    void setScale(double scale);

    double scale() const { return scale_; }

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QRectF shown() const; ///< where the picture lies in the widget
    QSizeF largest() const;

    QImage picture_;
    double ratio_;
    double scale_ = 1;
    QPointF middle_; ///< of the frame, in pixels of the picture
    QPointF grabbed_;
};

class CropDialog : public QDialog {
    Q_OBJECT

public:
    CropDialog(const QImage& picture, double ratio, QWidget* parent = nullptr);

    CropView& view() { return *view_; }

private:
    CropView* view_;
};

} // namespace rushes::ui
