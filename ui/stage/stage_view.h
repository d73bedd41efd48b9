// The picture, in the clip's true aspect, and nothing on top of it.
#pragma once

#include <QImage>
#include <QSize>
#include <QWidget>

namespace rushes::ui {

class StageView : public QWidget {
    Q_OBJECT

public:
    explicit StageView(QWidget* parent = nullptr);

    /// The clip's size decides the frame's shape; pictures (previews, drafts) may be smaller.
    void setShape(QSize shape);
    void setPicture(const QImage& picture);

    const QImage& picture() const { return picture_; }

    /// Shown in the middle while there is no clip at all.
    void setHint(const QString& title, const QString& text);
    QRect pictureRect() const;
    QSize minimumSizeHint() const override;

signals:
    void clicked();
    void doubleClicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    void paintHint(QPainter& painter);

    QSize shape_;
    QImage picture_;
    QImage enlarged_; ///< of picture_, for the size it has on the screen now; made when painted
    QSize enlarged_for_;
    QString title_;
    QString text_;
};

} // namespace rushes::ui
