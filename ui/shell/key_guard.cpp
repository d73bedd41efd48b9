#include "shell/key_guard.h"

#include "stage/time_line.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QComboBox>
#include <QKeyEvent>
#include <QTabBar>

namespace rushes::ui {

namespace {

bool isNavigation(int key) {
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End;
}

bool needsKey(const QObject* focused, int key) {
    if (qobject_cast<const QAbstractButton*>(focused) != nullptr) {
        return key == Qt::Key_Space || key == Qt::Key_Left || key == Qt::Key_Right;
    }
    if (qobject_cast<const TimeLine*>(focused) != nullptr) {
        return false;
    }
    if (qobject_cast<const QAbstractSlider*>(focused) != nullptr ||
        qobject_cast<const QTabBar*>(focused) != nullptr ||
        qobject_cast<const QAbstractItemView*>(focused) != nullptr) {
        return isNavigation(key);
    }
    return qobject_cast<const QComboBox*>(focused) != nullptr;
}

} // namespace

bool KeyGuard::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool plain = (key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == Qt::NoModifier;
        if (plain && needsKey(watched, key->key())) {
            event->accept();
            return true;
        }
    }
    return QObject::eventFilter(watched, event);
}

} // namespace rushes::ui
