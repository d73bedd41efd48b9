// Small parts that every panel is made of.
#pragma once

#include "theme/tokens.h"

#include <optional>

#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QWidget>

class QHBoxLayout;

namespace rushes::ui {

/// The style sheet knows widgets by their role.
void setRole(QWidget* widget, const char* role);

/// objectName for tests, accessible name for screen readers.
void setNames(QWidget* widget, const QString& object_name, const QString& accessible_name);

/// A caption above a field.
class Caption : public QLabel {
    Q_OBJECT

public:
    explicit Caption(const QString& text, QWidget* parent = nullptr);
};

/// One line of text with tabular figures.
class FigureLabel : public QWidget {
    Q_OBJECT
    Q_PROPERTY(QString text READ text WRITE setText)

public:
    enum class Tone { value, dim, hint };
    explicit FigureLabel(Tone tone = Tone::value, QWidget* parent = nullptr);

    const QString& text() const { return text_; }

    void setText(const QString& text);
    void setAlignment(Qt::Alignment alignment);
    /// Never narrower than this text: what stands beside it does not move.
    void reserve(const QString& widest);

    /// Where there is little room it is cut in the middle; the tooltip has it whole.
    void setElided(bool elided);

    /// What has no room is left out: half a price says nothing.
    void setLeftOutWhenCut(bool left_out);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QFont textFont() const;

    Tone tone_;
    Qt::Alignment alignment_ = Qt::AlignLeft | Qt::AlignVCenter;
    QString text_;
    QString widest_;
    bool elided_ = false;
    bool left_out_when_cut_ = false;
};

/// Caption left, a value or a small button right; beside the caption a helpDot(), perhaps.
class CaptionRow : public QWidget {
    Q_OBJECT

public:
    explicit CaptionRow(const QString& caption, QWidget* right, QWidget* help = nullptr);
};

/// A slider that takes the wheel only with the focus: scrolling the panel must not change values.
class CalmSlider : public QSlider {
    Q_OBJECT

public:
    explicit CalmSlider(QWidget* parent = nullptr);

    /// The last value that fits; what lies beyond is marked. None: all of them do.
    void setLastThatFits(std::optional<int> value);

    std::optional<int> lastThatFits() const { return last_that_fits_; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    std::optional<int> last_that_fits_;
};

/// A row of choices of which one is on.
class ChoiceRow : public QWidget {
    Q_OBJECT

public:
    explicit ChoiceRow(const char* button_role, QWidget* parent = nullptr);

    QPushButton* add(const QString& object_name, const QString& text);
    void clear();

    int current() const { return current_; }

    void setCurrent(int index); ///< -1: none

    int count() const { return static_cast<int>(buttons_.size()); }

    QPushButton* button(int index) const { return buttons_[static_cast<std::size_t>(index)]; }

signals:
    void chosen(int index); ///< by the user

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void choose(int index);
    void moveBy(int from, int step);

    const char* button_role_;
    QHBoxLayout* row_;
    std::vector<QPushButton*> buttons_; ///< owned by this widget
    int current_ = -1;
};

/// A small rectangle of some aspect ratio as an icon.
QIcon ratioIcon(double ratio);

QPushButton* linkButton(const QString& object_name, const QString& text);

/// The row at a dialog's foot: what it does, at Enter, and Cancel. Named `object_name` with "-go" and
/// "-cancel". Returns the first, which accepts the dialog.
QPushButton* addGoOrCancel(QDialog& dialog, const QString& object_name, const QString& text);

QWidget* hairline();

/// "Play (Space)": a tooltip that names the key; without one only the text.
QString withKeys(const QString& text, const QString& keys);

} // namespace rushes::ui
