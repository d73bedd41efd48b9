// Plain keys (Space, arrows, J K L ...) are playback shortcuts of the whole window, except where the focused
// control needs them itself: a button its Space, a slider its arrows, a list its letters.
#pragma once

#include <QObject>

namespace rushes::ui {

class KeyGuard : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace rushes::ui
