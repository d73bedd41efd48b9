#include "theme/icons.h"

#include "theme/painted_icon.h"
#include "theme/theme.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

namespace rushes::ui {

namespace {

QByteArray svgIn(const QString& name, const QColor& colour) {
    QFile file(QStringLiteral(":/rushes/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    return file.readAll().replace("currentColor", colour.name().toLatin1());
}

class TintedIcon : public PaintedIcon {
public:
    explicit TintedIcon(QString name, QColor Tokens::*always = nullptr)
        : name_(std::move(name)), always_(always) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const Tokens& t = tokens();
        const QColor colour = always_ != nullptr        ? t.*always_
                              : mode == QIcon::Disabled ? t.text3
                              : state == QIcon::On      ? t.accent_text
                              : mode == QIcon::Active   ? t.text
                                                        : t.text2;
        drawIcon(*painter, name_, rect, colour);
    }

    QIconEngine* clone() const override {
        return new TintedIcon(name_, always_);
    } // owned by the QIcon that asks

private:
    QString name_;
    QColor Tokens::*always_;
};

} // namespace

QIcon icon(const QString& name) {
    return QIcon(new TintedIcon(name)); // QIcon owns its engine
}

QIcon icon(const QString& name, QColor Tokens::*colour) {
    return QIcon(new TintedIcon(name, colour)); // QIcon owns its engine
}

void drawIcon(QPainter& painter, const QString& name, const QRectF& rect, const QColor& colour) {
    QSvgRenderer renderer(svgIn(name, colour));
    if (!renderer.isValid()) {
        qWarning("no icon named '%s'", qPrintable(name));
        return;
    }
    renderer.render(&painter, rect);
}

} // namespace rushes::ui
