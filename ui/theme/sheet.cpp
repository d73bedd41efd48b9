#include "theme/theme.h"

#include <utility>

#include <QString>

namespace rushes::ui {

namespace {

// One sheet for the whole studio. "@name" is replaced by the token of that name; roles are set as properties.
constexpr auto sheet = R"(
* { outline: none; }
QWidget { color: @text; }
QMainWindow, QDialog { background: @panel; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4px 6px; }

QMenuBar { background: @panel; border-bottom: 1px solid @line; padding: 5px 0; }
QMenuBar::item { background: transparent; color: @text2; padding: 7px 10px; border-radius: @rSmallpx; }
QMenuBar::item:selected { background: @raised; color: @text; }
QMenu { background: @field; border: 1px solid @line; padding: 6px; }
QMenu::item { padding: 7px 28px 7px 12px; border-radius: @rSmallpx; }
QMenu::item:selected { background: @raised; }
QMenu::item:disabled { color: @text3; }
QMenu::separator { height: 1px; background: @line; margin: 6px 4px; }
QMenu::icon { padding-left: 8px; }

QStatusBar { background: @panel; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @text2; font-size: @labelpx; }

QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; color: @text2; }
QDockWidget::title { background: @panel; padding: 6px 12px; border-bottom: 1px solid @line; }

QWidget[role="panel"] { background: @panel; }
QWidget[role="stage"] { background: @base; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }

QLabel[role="caption"] { color: @text2; }
QLabel[role="hint"] { color: @text2; font-size: @labelpx; }
QLabel[role="value"] { color: @text; }
QLabel[role="dim"] { color: @text2; }
QLabel[role="title"] { font-size: 15px; font-weight: 600; }
QLabel[role="error"] { font-weight: 600; }

QPlainTextEdit, QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox {
    background: @field; border: 1px solid @line; border-radius: @rFieldpx; padding: 6px 10px;
    selection-background-color: @accent; selection-color: @onAccent;
}
QPlainTextEdit { padding: 6px 8px; }
QPlainTextEdit:focus, QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus { border: 1px solid @accent; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled { color: @text3; }
QWidget[role="field"] { background: @field; border: 1px solid @line; border-radius: @rFieldpx; }
QWidget[role="field"][focused="true"] { border: 1px solid @accent; }
QLineEdit[role="bare"] { background: transparent; border: none; padding: 0; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/rushes/icons/chevron-down-@scheme.svg); width: 16px; height: 16px; }
QComboBox QAbstractItemView { background: @field; border: 1px solid @line; padding: 4px; selection-background-color: @raised; selection-color: @text; }
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button, QSpinBox::up-button, QSpinBox::down-button { width: 0; border: none; }

QPushButton, QToolButton[role="button"] {
    background: @field; border: 1px solid @line; border-radius: @rFieldpx; padding: 6px 12px; min-height: 18px;
}
QPushButton:hover, QToolButton[role="button"]:hover { background: @raised; }
QPushButton:pressed, QToolButton[role="button"]:pressed { background: @line; }
QPushButton:focus, QToolButton[role="button"]:focus { border: 1px solid @accent; }
QPushButton:disabled { color: @text3; background: @panel; }
QPushButton[role="primary"] { background: @accent; color: @onAccent; border: 1px solid @accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: @accentHover; }
QPushButton[role="primary"]:focus { border: 2px solid @text; padding: 5px 11px; }
QPushButton[role="primary"]:disabled { background: @raised; color: @text3; border: 1px solid @line; }
QPushButton[role="choice"] { padding: 6px 4px; color: @text2; }
QPushButton[role="choice"]:checked { background: @raised; border: 1px solid @raised; color: @text; font-weight: 600; }
QPushButton[role="choice"]:focus { border: 2px solid @accent; padding: 5px 3px; }
QPushButton[role="choice"]:disabled { color: @text3; background: @panel; }
QPushButton[fit="tight"], QPushButton[fit="tight"]:checked, QLineEdit[fit="tight"], QComboBox[fit="tight"], QDoubleSpinBox[fit="tight"], QCheckBox[fit="tight"] { color: @warn; }
QPushButton[fit="large"], QPushButton[fit="large"]:checked, QLineEdit[fit="large"], QComboBox[fit="large"], QDoubleSpinBox[fit="large"], QCheckBox[fit="large"] { color: @bad; }
QPushButton[role="segment"] { border: 1px solid transparent; border-radius: 5px; background: transparent; color: @text2; padding: 4px; }
QPushButton[role="segment"]:checked { background: @raised; color: @text; font-weight: 600; }
QPushButton[role="segment"]:focus { border: 2px solid @accent; padding: 3px; }
QPushButton[role="segment"]:disabled { color: @text3; background: transparent; }
QPushButton[role="link"] { background: transparent; border: none; border-bottom: 1px solid transparent; padding: 2px 0; color: @text2; min-height: 16px; }
QStatusBar QPushButton[role="link"] { font-size: @labelpx; }
QPushButton[role="link"]:hover { color: @text; }
QPushButton[role="link"]:focus { color: @accentText; border-bottom: 1px solid @accent; }
QPushButton[role="link"]:disabled { background: transparent; color: @text3; }
QPushButton[role="chip"] { border-radius: 13px; padding: 4px 11px; color: @text2; text-align: left; min-height: 16px; }
QPushButton[role="chip"]:hover { color: @text; }
QPushButton[role="picker"] { text-align: left; padding: 6px 12px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: @rFieldpx; padding: 5px; color: @text2; }
QToolButton:checked { color: @text; }
QToolButton:disabled { color: @text3; }
QToolButton:hover { background: @raised; color: @text; }
QToolButton:focus { border: 1px solid @accent; }
QToolButton::menu-button { background: transparent; border: none; width: 14px; }
QToolButton::menu-indicator, QPushButton::menu-indicator { image: none; width: 0; }

QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid @line; border-radius: 4px; background: @field; }
QCheckBox::indicator:hover { border-color: @text3; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(:/rushes/icons/check-on-@scheme.svg); }
QCheckBox::indicator:focus { border: 2px solid @accent; }
QCheckBox::indicator:checked:focus { border: 2px solid @text; }

QToolButton[role="help"] { color: @text3; border: 1px solid @line; border-radius: 7px; padding: 0; min-width: 13px; max-width: 13px; min-height: 13px; max-height: 13px; font-size: @labelpx; }
QToolButton[role="help"]:hover { color: @text; background: @raised; }

QSlider::groove:horizontal { height: @groovepx; background: @raised; border-radius: 2px; }
QSlider::sub-page:horizontal { height: @groovepx; background: @accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: @line; }
QSlider::handle:horizontal { width: @handlepx; height: @handlepx; margin: -5px 0; border-radius: 7px; background: @text; border: none; }
QSlider::handle:horizontal:disabled { background: @text3; }
QSlider::handle:horizontal:focus { border: 2px solid @accent; width: 10px; height: 10px; }

QTabWidget::pane { border: none; border-top: 1px solid @line; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @text2; padding: 10px 2px 9px 2px; margin: 0 8px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:first { margin-left: 12px; }
QTabBar::tab:selected { color: @text; font-weight: 600; border-bottom: 2px solid @text2; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:focus { color: @accentText; }

QListView { background: transparent; border: none; }
QListView::item { border: none; }
QTableView, QTreeView { background: transparent; border: none; gridline-color: @line; }
QWidget[role="card"] { background: @field; border: 1px solid @line; border-radius: @rFieldpx; }
QWidget[role="errorCard"] { background: @field; border: 1px solid @bad; border-radius: @rFieldpx; }
QWidget[role="fitNote"] { background: @field; border: 1px solid @warn; border-radius: @rFieldpx; }
QWidget[role="fitNote"][tone="bad"] { border: 1px solid @bad; }
QWidget[role="toast"] { background: @raised; border: 1px solid @line; border-radius: @rFieldpx; }
QWidget[role="hairline"] { background: @line; }

QProgressBar { background: @raised; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: @scrollpx; }
QScrollBar:horizontal { height: @scrollpx; }
QScrollBar::handle { background: @raised; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @text3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
)";

} // namespace

QString styleSheet(const Tokens& t) {
    // Longer names first: "@text2" must not be taken for "@text".
    const std::pair<const char*, QString> values[] = {
        {"@accentHover", t.accent_hover.name()},
        {"@accentText", t.accent_text.name()},
        {"@accent", t.accent.name()},
        {"@onAccent", t.on_accent.name()},
        {"@text2", t.text2.name()},
        {"@text3", t.text3.name()},
        {"@text", t.text.name()},
        {"@base", t.base.name()},
        {"@panel", t.panel.name()},
        {"@field", t.field.name()},
        {"@raised", t.raised.name()},
        {"@line", t.line.name()},
        {"@bad", t.bad.name()},
        {"@warn", t.warn.name()},
        {"@rSmall", QString::number(size::radius_small)},
        {"@rField", QString::number(size::radius_field)},
        {"@label", QString::number(size::font_label)},
        {"@groove", QString::number(size::groove)},
        {"@scroll", QString::number(size::scroll_bar)},
        {"@handle", QString::number(size::handle)},
        {"@scheme", t.dark ? QStringLiteral("dark") : QStringLiteral("light")},
    };
    QString text = QString::fromLatin1(sheet);
    for (const auto& [name, value] : values) {
        text.replace(QLatin1String(name), value);
    }
    return text;
}

} // namespace rushes::ui
