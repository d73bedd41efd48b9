#include "library/rename_field.h"

#include <utility>

#include <QKeyEvent>

namespace rushes::ui {

RenameField::RenameField(const QString& name, QWidget* parent) : QLineEdit(name, parent), before_(name) {
    selectAll();
}

void RenameField::end(bool take) {
    if (std::exchange(ended_, true)) {
        return; // hiding takes the focus once more
    }
    const QString name = text().trimmed();
    emit done(take && name != before_ ? name : QString());
}

bool RenameField::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept(); // ends the renaming, not the clip that is made
        return true;
    }
    return QLineEdit::event(event);
}

void RenameField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        end(false);
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        end(true);
    } else {
        QLineEdit::keyPressEvent(event);
    }
}

void RenameField::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    end(true);
}

} // namespace rushes::ui
