// What the exported picture will look like, drawn live from the picture on the stage.
#pragma once

#include "media/encoder.h"

#include <QImage>
#include <QWidget>

namespace rushes::ui {

class ExportPreview : public QWidget {
    Q_OBJECT

public:
    explicit ExportPreview(QWidget* parent = nullptr);

    void setPicture(const QImage& picture);
    void setTarget(QSize size, Fit fit);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintFitted(QPainter& painter, const QRectF& frame) const;

    QImage picture_;
    QImage blurred_; ///< a few pixels of the picture: enlarged they are its blurred copy
    QSize target_;
    Fit fit_ = Fit::blur;
};

} // namespace rushes::ui
