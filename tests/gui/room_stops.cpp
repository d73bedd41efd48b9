#include "gui/room_stops.h"

#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTest>

namespace rushes::testing {

namespace {

void expectName(const QWidget& widget) {
    const QString where =
        QString::fromLatin1(widget.metaObject()->className()) + QLatin1Char(' ') + widget.objectName();
    EXPECT_FALSE(widget.accessibleName().isEmpty()) << where.toStdString();
    EXPECT_FALSE(widget.objectName().isEmpty()) << where.toStdString();
}

} // namespace

void expectNames(const QWidget& root) {
    for (const QWidget* widget : root.findChildren<QWidget*>()) {
        const bool control = qobject_cast<const QAbstractButton*>(widget) != nullptr ||
                             qobject_cast<const QAbstractSlider*>(widget) != nullptr ||
                             qobject_cast<const QComboBox*>(widget) != nullptr ||
                             qobject_cast<const QAbstractSpinBox*>(widget) != nullptr ||
                             qobject_cast<const QAbstractItemView*>(widget) != nullptr ||
                             qobject_cast<const QLineEdit*>(widget) != nullptr ||
                             qobject_cast<const QPlainTextEdit*>(widget) != nullptr;
        const QWidget* parent = widget->parentWidget();
        const bool inner = widget->objectName().startsWith(QLatin1String("qt_")) ||
                           widget->inherits("QScrollBar") || widget->inherits("QLineEditIconButton") ||
                           parent->inherits("QTabBar") || parent->inherits("QMenuBar") ||
                           parent->inherits("QAbstractSpinBox") ||
                           parent->inherits("QComboBoxPrivateContainer");
        if (control && !inner) {
            expectName(*widget);
        }
    }
}

QStringList tabThrough(QWidget& room, int most) {
    QStringList met;
    QWidget* const first = QApplication::focusWidget();
    for (int i = 0; i < most; ++i) {
        QTest::keyClick(&room, Qt::Key_Tab);
        QWidget* const at = QApplication::focusWidget();
        EXPECT_NE(at, nullptr);
        if (at == nullptr || at == first) {
            break;
        }
        met << at->objectName();
        // By a picture of its surroundings with the focus and without.
        QWidget* const around = at->parentWidget();
        const QImage with = around->grab().toImage();
        at->clearFocus();
        EXPECT_NE(around->grab().toImage(), with) << "focus unseen: " << at->objectName().toStdString();
        at->setFocus(Qt::TabFocusReason);
    }
    return met;
}

} // namespace rushes::testing
