#include "theme/theme.h"

#include "theme/rushes_style.h"

#include <cmath>

#include <QApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPalette>
#include <QToolTip>
#include <QVariant>

/// Resources of a static library are linked only when somebody names them; the macro wants the global
/// namespace.
static void takeIcons() {
    Q_INIT_RESOURCE(icons);
}

namespace rushes::ui {

namespace {

constexpr auto theme_property = "rushesTheme";

QFont baseFont() {
    QFont font = QGuiApplication::font();
    QStringList families{QStringLiteral("Inter")};
    families += font.families();
    font.setFamilies(families);
    return font;
}

QPalette paletteOf(const Tokens& t) {
    QPalette palette;
    palette.setColor(QPalette::Window, t.panel);
    palette.setColor(QPalette::Base, t.field);
    palette.setColor(QPalette::AlternateBase, t.panel);
    palette.setColor(QPalette::Button, t.field);
    palette.setColor(QPalette::ToolTipBase, t.raised);
    palette.setColor(QPalette::ToolTipText, t.text);
    palette.setColor(QPalette::Highlight, t.accent);
    palette.setColor(QPalette::HighlightedText, t.on_accent);
    palette.setColor(QPalette::PlaceholderText, t.text3);
    palette.setColor(QPalette::Link, t.accent_text);
    palette.setColor(QPalette::Mid, t.line);
    palette.setColor(QPalette::Dark, t.line);
    palette.setColor(QPalette::Light, t.raised);
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::BrightText}) {
        palette.setColor(role, t.text);
        palette.setColor(QPalette::Disabled, role, t.text3);
    }
    return palette;
}

bool figure(QChar c) {
    return c >= QLatin1Char('0') && c <= QLatin1Char('9');
}

} // namespace

Theme::Theme(QApplication& app, Scheme scheme)
    : QObject(&app),
      app_(app),
      scheme_(scheme),
      tokens_(&darkTokens()),
      // Qt 6.4 tells the system's scheme only through its palette. A light default palette is what a bare
      // desktop has too, so only platforms with a theme of their own (a settings portal) may turn the studio
      // light.
      system_dark_(
          qEnvironmentVariableIsEmpty("XDG_CURRENT_DESKTOP") ||
          QGuiApplication::palette().color(QPalette::Window).lightness() < 128
      ) {
    takeIcons();
    app.setProperty(theme_property, QVariant::fromValue<QObject*>(this));
    app.setStyle(new RushesStyle); // owned by the application
    apply();
}

Theme* Theme::instance() {
    return qApp == nullptr ? nullptr : qobject_cast<Theme*>(qApp->property(theme_property).value<QObject*>());
}

void Theme::setScheme(Scheme scheme) {
    scheme_ = scheme;
    apply();
    emit changed();
}

void Theme::setHighContrast(bool on) {
    if (on != high_contrast_) {
        high_contrast_ = on;
        apply();
        emit changed();
    }
}

void Theme::apply() {
    const bool dark = scheme_ == Scheme::dark || (scheme_ == Scheme::system && system_dark_);
    tokens_ = high_contrast_ ? (dark ? &darkContrastTokens() : &lightContrastTokens())
                             : (dark ? &darkTokens() : &lightTokens());
    app_.setFont(valueFont());
    app_.setPalette(paletteOf(*tokens_));
    QToolTip::setPalette(paletteOf(*tokens_)); // what a "?" opens has it from there
    app_.setStyleSheet(styleSheet(*tokens_));
}

const Tokens& tokens() {
    const Theme* theme = Theme::instance();
    return theme == nullptr ? darkTokens() : theme->tokens();
}

QFont valueFont(QFont::Weight weight) {
    QFont font = baseFont();
    font.setPixelSize(size::font_value);
    font.setWeight(weight);
    return font;
}

QFont labelFont(QFont::Weight weight) {
    QFont font = valueFont(weight);
    font.setPixelSize(size::font_label);
    return font;
}

QFont captionFont() {
    QFont font = labelFont(QFont::DemiBold);
    font.setCapitalization(QFont::AllUppercase);
    font.setLetterSpacing(QFont::PercentageSpacing, 104);
    return font;
}

double figuresWidth(const QFont& font, const QString& text) {
    const QFontMetricsF metrics(font);
    const double zero = metrics.horizontalAdvance(QLatin1Char('0'));
    double width = 0;
    for (const QChar c : text) {
        width += figure(c) ? zero : metrics.horizontalAdvance(c);
    }
    return width;
}

void drawFigures(QPainter& painter, const QRectF& rect, Qt::Alignment alignment, const QString& text) {
    const QFontMetricsF metrics(painter.font());
    const double zero = metrics.horizontalAdvance(QLatin1Char('0'));
    double x = rect.left();
    if (alignment & Qt::AlignRight) {
        x = rect.right() - figuresWidth(painter.font(), text);
    } else if (alignment & Qt::AlignHCenter) {
        x = rect.center().x() - figuresWidth(painter.font(), text) / 2;
    }
    const double y = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    QString run; // letters between figures keep their kerning
    const auto flush = [&] {
        painter.drawText(QPointF(x, y), run);
        for (const QChar c : run) {
            x += metrics.horizontalAdvance(c);
        }
        run.clear();
    };
    for (const QChar c : text) {
        if (!figure(c)) {
            run += c;
            continue;
        }
        flush();
        painter.drawText(QPointF(x + (zero - metrics.horizontalAdvance(c)) / 2, y), QString(c));
        x += zero;
    }
    flush();
}

QRectF drawPictureLabel(
    QPainter& painter, const QRectF& picture, const QString& text, const QColor& colour, double behind
) {
    painter.setFont(labelFont(QFont::Medium));
    QRectF box(0, 0, figuresWidth(painter.font(), text) + 2 * size::space1 + 2 + behind, size::space4);
    box.moveBottomLeft(picture.bottomLeft() + QPointF(size::space1 + 2, -size::space1 - 2));
    QColor back = darkTokens().base;
    back.setAlphaF(0.78F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(back);
    painter.drawRoundedRect(box, size::radius_small, size::radius_small);
    painter.setPen(colour);
    drawFigures(painter, box.adjusted(size::space1 + 1, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
    return box;
}

} // namespace rushes::ui
