#include "shell/shortcut_editor.h"

#include "controls/basic.h"
#include "shell/action_table.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

/// On the way to the key, or none that a shortcut can name.
bool onlyModifier(int key) {
    constexpr int none[] = {
        0,
        Qt::Key_unknown,
        Qt::Key_Shift,
        Qt::Key_Control,
        Qt::Key_Alt,
        Qt::Key_AltGr,
        Qt::Key_Meta,
        Qt::Key_Super_L,
        Qt::Key_Super_R,
        Qt::Key_Hyper_L,
        Qt::Key_Hyper_R,
        Qt::Key_CapsLock,
        Qt::Key_NumLock,
        Qt::Key_ScrollLock,
        Qt::Key_Mode_switch,
        Qt::Key_Multi_key,
    };
    return std::ranges::find(none, key) != std::end(none);
}

} // namespace

KeyField::KeyField(QWidget* parent) : QPushButton(parent) {
    setAutoDefault(false);
    connect(this, &QPushButton::clicked, this, [this] { wait(true); });
}

void KeyField::showKeys(const QString& keys) {
    keys_ = keys;
    wait(false);
}

void KeyField::wait(bool on) {
    waiting_ = on;
    setText(on ? tr("Press the key") : keys_.isEmpty() ? tr("none") : keys_);
    setAccessibleDescription(on ? tr("Press the new key") : QString());
}

bool KeyField::event(QEvent* event) {
    if (waiting_ && event->type() == QEvent::ShortcutOverride) {
        event->accept(); // the key is meant, not what it does
        return true;
    }
    return QPushButton::event(event);
}

void KeyField::keyPressEvent(QKeyEvent* event) {
    if (!waiting_) {
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
            click();
        } else {
            QPushButton::keyPressEvent(event);
        }
        return;
    }
    if (onlyModifier(event->key()) || event->isAutoRepeat()) {
        return; // the key itself comes next; a held Enter that began the waiting is not it
    }
    wait(false);
    const bool plain = event->modifiers() == Qt::NoModifier;
    if (plain && event->key() == Qt::Key_Backspace) {
        emit captured({});
    } else if (!plain || event->key() != Qt::Key_Escape) {
        // The keypad's digits are the same keys.
        const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
        emit captured(QKeySequence(QKeyCombination(modifiers, static_cast<Qt::Key>(event->key()))));
    }
}

void KeyField::focusOutEvent(QFocusEvent* event) {
    wait(false);
    QPushButton::focusOutEvent(event);
}

ShortcutEditor::ShortcutEditor(Actions& actions, QWidget* parent)
    : QDialog(parent),
      actions_(actions),
      search_(new QLineEdit),
      nothing_(new QLabel(tr("No action has these words."))),
      message_(new QLabel),
      take_over_(new QPushButton(tr("Use it here"))) {
    setObjectName(QStringLiteral("shortcut-list"));
    setWindowTitle(tr("Keyboard shortcuts"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    setNames(search_, QStringLiteral("shortcut-search"), tr("Search the shortcuts"));
    search_->setPlaceholderText(tr("Search by words or by key"));
    search_->setClearButtonEnabled(true);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(size::space4, size::space4, size::space4, size::space2);
    head->addWidget(search_);
    column->addLayout(head);
    connect(search_, &QLineEdit::textChanged, this, &ShortcutEditor::filter);
    auto* scroll = new QScrollArea;
    scroll->setWidget(makeRows());
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    column->addWidget(scroll, 1);
    column->addWidget(hairline());
    column->addWidget(makeFoot());
    resize(size::palette_width + size::right_panel_min, size::dialog_height); // German needs it
    connect(&actions_, &Actions::keysChanged, this, &ShortcutEditor::showKeys);
    showKeys();
}

QWidget* ShortcutEditor::makeRows() {
    auto* body = new QWidget;
    auto* grid = new QGridLayout(body);
    grid->setContentsMargins(size::space4, 0, size::space4, size::space3);
    grid->setHorizontalSpacing(size::space3);
    grid->setVerticalSpacing(size::space1);
    grid->setColumnStretch(0, 1);
    QLabel* heading = nullptr;
    std::optional<MenuId> group;
    for (QAction* action : actions_.all()) { // the table stands in the order of the menus
        if (group != Actions::menuOf(*action)) {
            group = Actions::menuOf(*action);
            heading = addHeading(*grid, *action);
        }
        addRow(*grid, action, heading);
    }
    grid->addWidget(nothing_, grid->rowCount(), 0, 1, 3);
    grid->setRowStretch(grid->rowCount(), 1);
    setRole(nothing_, "dim");
    nothing_->hide();
    return body;
}

QLabel* ShortcutEditor::addHeading(QGridLayout& grid, const QAction& action) {
    auto* heading = new QLabel(menuTitle(Actions::menuOf(action)).remove(QLatin1Char('&')));
    setRole(heading, "title");
    heading->setContentsMargins(0, size::space3, 0, size::space1);
    grid.addWidget(heading, grid.rowCount(), 0, 1, 3);
    return heading;
}

void ShortcutEditor::addRow(QGridLayout& grid, QAction* action, QLabel* heading) {
    const QString name = action->objectName();
    auto* field = new KeyField;
    field->setObjectName(QStringLiteral("key-") + name);
    auto* reset = linkButton(QStringLiteral("reset-") + name, tr("reset"));
    reset->setAccessibleName(tr("The usual key for %1").arg(Actions::words(*action)));
    QSizePolicy keeps_room = reset->sizePolicy();
    keeps_room.setRetainSizeWhenHidden(true);
    reset->setSizePolicy(keeps_room);
    connect(field, &KeyField::captured, this, [this, action](const QKeySequence& key) {
        take(*action, key);
    });
    connect(reset, &QPushButton::clicked, this, [this, action] { actions_.resetKeys(*action); });
    auto* words = new QLabel(Actions::words(*action));
    const int row = grid.rowCount();
    grid.addWidget(words, row, 0);
    grid.addWidget(field, row, 1);
    grid.addWidget(reset, row, 2);
    rows_.push_back({action, words, field, reset, heading});
}

/// By what an action is called, or by its key.
void ShortcutEditor::filter(const QString& text) {
    const QStringList words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    std::set<QLabel*> with_hits;
    for (const Row& row : rows_) {
        const QString all = row.name->text() + QLatin1Char(' ') + row.field->text();
        const bool fits = std::ranges::all_of(words, [&](const QString& word) {
            return all.contains(word, Qt::CaseInsensitive);
        });
        row.name->setVisible(fits);
        row.field->setVisible(fits);
        row.reset->setVisible(fits && actions_.changed(*row.action));
        QSizePolicy room = row.reset->sizePolicy();
        room.setRetainSizeWhenHidden(fits);
        row.reset->setSizePolicy(room);
        if (fits) {
            with_hits.insert(row.heading);
        }
    }
    for (const Row& row : rows_) {
        row.heading->setVisible(with_hits.contains(row.heading));
    }
    nothing_->setVisible(with_hits.empty());
}

QWidget* ShortcutEditor::makeFoot() {
    auto* foot = new QWidget;
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(size::space4, size::space2, size::space4, size::space3);
    row->setSpacing(size::space2);
    message_->setObjectName(QStringLiteral("key-message"));
    message_->setWordWrap(true);
    setRole(message_, "dim");
    setNames(take_over_, QStringLiteral("key-take-over"), tr("Use the key here instead"));
    take_over_->setAutoDefault(true); // Enter presses it while it has the focus
    auto* reset_all = linkButton(QStringLiteral("keys-reset-all"), tr("Reset all"));
    auto* close_button = new QPushButton(tr("Close"));
    setNames(close_button, QStringLiteral("keys-close"), tr("Close"));
    close_button->setAutoDefault(false);
    row->addWidget(message_, 1);
    row->addWidget(take_over_);
    row->addWidget(reset_all);
    row->addWidget(close_button);
    connect(take_over_, &QPushButton::clicked, this, [this] {
        std::ranges::find(rows_, asking_, &Row::action)->field->setFocus();
        actions_.setKey(*asking_, asked_for_);
    });
    connect(reset_all, &QPushButton::clicked, &actions_, &Actions::resetAllKeys);
    connect(close_button, &QPushButton::clicked, this, &QDialog::close);
    return foot;
}

void ShortcutEditor::take(QAction& action, const QKeySequence& key) {
    const QAction* owner = actions_.owner(key);
    if (owner == nullptr || owner == &action) {
        actions_.setKey(action, key);
        return;
    }
    asking_ = &action;
    asked_for_ = key;
    message_->setText(
        tr("%1 belongs to “%2”.").arg(key.toString(QKeySequence::NativeText), Actions::words(*owner))
    );
    take_over_->show();
    take_over_->setFocus(); // otherwise forty fields away
}

void ShortcutEditor::showKeys() {
    for (const Row& row : rows_) {
        const QString keys = QKeySequence::listToString(row.action->shortcuts(), QKeySequence::NativeText);
        row.field->showKeys(keys);
        row.field->setAccessibleName(
            tr("%1: %2").arg(Actions::words(*row.action), keys.isEmpty() ? tr("no key") : keys)
        );
    }
    filter(search_->text());
    message_->setText(tr("Choose a key, then press the new one. Backspace takes it away."));
    take_over_->hide();
}

} // namespace rushes::ui
