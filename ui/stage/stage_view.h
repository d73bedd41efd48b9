// The picture, in the clip's true aspect, and nothing on top of it. Of two clips that are compared, the other
// one lies left of a divider that the mouse or the keyboard moves.
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

    const QImage& picture() const { return main_.picture; }

    /// The other clip's picture, in its own shape; empty shape: nothing is compared.
    void setOther(const QImage& picture, QSize shape);

    bool comparing() const { return !other_.shape.isEmpty(); }

    /// Where the divider stands, 0..1 of the picture's width.
    void setDivider(double place);

    double divider() const { return divider_; }

    /// Shown in the middle while there is no clip at all.
    void setHint(const QString& title, const QString& text);

    const QString& hint() const { return title_; }

    QRect pictureRect() const;
    QSize minimumSizeHint() const override;

signals:
    void clicked();
    void doubleClicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    struct Layer {
        QSize shape; ///< of its clip
        QImage picture;
        QImage enlarged; ///< of the picture, for the size it has on the screen now; made when painted
        QSize enlarged_for;
    };

    static bool setLayer(Layer& layer, const QImage& picture);
    QRect placeOf(const Layer& layer) const;
    int dividerX() const;
    bool nearDivider(const QPoint& place) const;
    void paintLayer(QPainter& painter, Layer& layer, const QRect& side) const;
    void paintDivider(QPainter& painter) const;
    void paintHint(QPainter& painter);

    Layer main_;
    Layer other_;
    double divider_ = 0.5;
    bool dragging_ = false;
    QString title_;
    QString text_;
};

} // namespace rushes::ui
