// Applies the tokens: palette, one style sheet, fonts. Lives as long as the application object.
#pragma once

#include "theme/tokens.h"

#include <QFont>
#include <QObject>

class QApplication;
class QPainter;
class QRect;
class QRectF;

namespace rushes::ui {

enum class Scheme { system, dark, light };

class Theme : public QObject {
    Q_OBJECT

public:
    /// Sets style, palette, fonts and sheet of `app` and becomes its child.
    Theme(QApplication& app, Scheme scheme);

    /// The theme of the running application. Null before one was made.
    static Theme* instance();

    void setScheme(Scheme scheme);

    Scheme scheme() const { return scheme_; }

    void setHighContrast(bool on);

    bool highContrast() const { return high_contrast_; }

    const Tokens& tokens() const { return *tokens_; }

signals:
    void changed();

private:
    void apply();

    QApplication& app_;
    Scheme scheme_;
    bool high_contrast_ = false;
    const Tokens* tokens_;
    bool system_dark_;
};

/// Tokens of the running application (dark ones when no theme was made).
const Tokens& tokens();

/// Fonts of the table: values 13 px, labels 11 px.
QFont valueFont(QFont::Weight weight = QFont::Normal);
QFont labelFont(QFont::Weight weight = QFont::Normal);
QFont captionFont(); ///< small caps-like captions above a field

/// The style sheet made from the tokens.
QString styleSheet(const Tokens& tokens);

/// Draws one line with tabular figures: every digit as wide as a zero, so that running numbers don't shake.
void drawFigures(QPainter& painter, const QRectF& rect, Qt::Alignment alignment, const QString& text);

/// A label in the lower left corner of a picture, dark in both schemes; `behind`: room after the text. Where
/// it was drawn.
QRectF drawPictureLabel(
    QPainter& painter, const QRectF& picture, const QString& text, const QColor& colour, double behind = 0
);

/// Width of the text as drawFigures() draws it.
double figuresWidth(const QFont& font, const QString& text);

} // namespace rushes::ui
