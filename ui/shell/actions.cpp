#include "shell/actions.h"

#include "controls/basic.h"
#include "shell/action_table.h"

#include <algorithm>
#include <iterator>

#include <QApplication>
#include <QKeyEvent>
#include <QMenuBar>
#include <QTimer>

namespace rushes::ui {

namespace {

QList<QKeySequence> keysIn(const QString& text) {
    QList<QKeySequence> keys;
    for (const QString& key : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        keys << QKeySequence(key);
    }
    return keys;
}

QString textOf(const QList<QKeySequence>& keys) {
    QStringList texts;
    for (const QKeySequence& key : keys) {
        texts << key.toString();
    }
    return texts.join(QLatin1Char(' '));
}

const ActionRow* rowOf(const QAction& action) {
    const std::span<const ActionRow> table = actionTable();
    const auto row = std::ranges::find_if(table, [&](const ActionRow& r) {
        return action.objectName() == QLatin1String(r.name);
    });
    return row == table.end() ? nullptr : &*row;
}

QList<QKeySequence> keysOfTable(const QAction& action) {
    const ActionRow* row = rowOf(action);
    return row == nullptr ? QList<QKeySequence>() : keysIn(QLatin1String(row->keys));
}

} // namespace

Actions::Actions(QWidget& window) : QObject(&window) {
    for (const ActionRow& row : actionTable()) {
        auto* action = new QAction(QCoreApplication::translate("Actions", row.text), &window);
        action->setObjectName(QLatin1String(row.name));
        action->setShortcuts(keysIn(QLatin1String(row.keys)));
        action->setShortcutContext(Qt::WindowShortcut);
        action->setAutoRepeat(row.letters);
        window.addAction(action);
        actions_[row.command] = action;
        order_.push_back(action);
    }
}

void Actions::on(Command command, std::function<void()> run) {
    connect(actions_.at(command), &QAction::triggered, this, [run = std::move(run)] { run(); });
}

MenuId Actions::menuOf(const QAction& action) {
    const ActionRow* row = rowOf(action);
    return row == nullptr ? MenuId::help : row->menu;
}

QString Actions::words(const QAction& action) {
    QString text = action.text();
    return text.remove(QLatin1Char('&'));
}

QString Actions::keysText(Command command) const {
    QString text = actions_.at(command)->shortcut().toString(QKeySequence::NativeText);
    return text.replace(QLatin1String("Return"), QStringLiteral("↵"));
}

QAction* Actions::owner(const QKeySequence& key) const {
    const auto found =
        std::ranges::find_if(order_, [&](const QAction* a) { return a->shortcuts().contains(key); });
    return key.isEmpty() || found == order_.end() ? nullptr : *found;
}

void Actions::assign(QAction& action, const QList<QKeySequence>& keys) {
    for (const QKeySequence& key : keys) {
        QAction* other = owner(key);
        if (other != nullptr && other != &action) {
            QList<QKeySequence> rest = other->shortcuts();
            rest.removeAll(key);
            other->setShortcuts(rest);
        }
    }
    action.setShortcuts(keys);
}

void Actions::setKey(QAction& action, const QKeySequence& key) {
    assign(action, key.isEmpty() ? QList<QKeySequence>() : QList<QKeySequence>{key});
    emit keysChanged();
}

void Actions::resetKeys(QAction& action) {
    assign(action, keysOfTable(action));
    emit keysChanged();
}

void Actions::resetAllKeys() {
    for (QAction* action : order_) {
        action->setShortcuts(keysOfTable(*action));
    }
    emit keysChanged();
}

bool Actions::changed(const QAction& action) const {
    return action.shortcuts() != keysOfTable(action);
}

QStringList Actions::changedKeys() const {
    QStringList lines;
    for (const QAction* action : order_) {
        if (changed(*action)) {
            lines << action->objectName() + QLatin1Char('=') + textOf(action->shortcuts());
        }
    }
    return lines;
}

void Actions::restoreKeys(const QStringList& lines) {
    for (const QString& line : lines) {
        const QString name = line.section(QLatin1Char('='), 0, 0);
        const auto found =
            std::ranges::find_if(order_, [&](const QAction* a) { return a->objectName() == name; });
        const QList<QKeySequence> keys = keysIn(line.section(QLatin1Char('='), 1));
        if (found != order_.end() && line.contains(QLatin1Char('=')) && !keys.contains(QKeySequence())) {
            assign(**found, keys); // one key, one action, also when a newer table gave the key away
        }
    }
    emit keysChanged();
}

std::map<MenuId, QMenu*> Actions::fill(QMenuBar& bar) {
    std::map<MenuId, QMenu*> menus;
    for (const MenuId id :
         {MenuId::file, MenuId::edit, MenuId::clip, MenuId::queue, MenuId::view, MenuId::help}) {
        menus[id] = bar.addMenu(menuTitle(id));
        // Qt leaves a menu that Esc closed lit and the keyboard in the bar, as if the next menu were wanted.
        QObject::connect(menus[id], &QMenu::aboutToHide, &bar, [&bar] {
            QTimer::singleShot(0, &bar, [&bar] {
                if (bar.activeAction() != nullptr && QApplication::activePopupWidget() == nullptr) {
                    QKeyEvent leave(QEvent::KeyPress, Qt::Key_Escape, Qt::NoModifier);
                    QCoreApplication::sendEvent(&bar, &leave);
                }
            });
        });
    }
    for (const ActionRow& row : actionTable()) {
        QMenu* menu = menus.at(row.menu);
        if (row.line_before) {
            menu->addSeparator();
        }
        menu->addAction(actions_.at(row.command));
    }
    return menus;
}

} // namespace rushes::ui
