// What a style sheet cannot say: metrics, hints and the focus ring, over Fusion.
#pragma once

#include <QProxyStyle>

namespace rushes::ui {

class RushesStyle : public QProxyStyle {
    Q_OBJECT

public:
    RushesStyle();

    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data)
        const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    QIcon
    standardIcon(StandardPixmap symbol, const QStyleOption* option, const QWidget* widget) const override;
    void drawPrimitive(
        PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget
    ) const override;
};

} // namespace rushes::ui
