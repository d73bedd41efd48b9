// Clips that move under the mouse, in any list of clips.
#pragma once

#include <QObject>
#include <QTimer>

class QListView;

namespace rushes::ui {

class ClipDelegate;
class ClipItems;

class HoverPlay : public QObject {
    Q_OBJECT

public:
    HoverPlay(QListView& view, const ClipItems& items, ClipDelegate& delegate);

    /// Clips stand still under the mouse.
    void setCalm(bool calm);

    /// -1: none.
    void hover(int row);

signals:
    void framesWanted(qlonglong id);

private:
    void play();

    QListView& view_;
    const ClipItems& items_;
    ClipDelegate& delegate_;
    QTimer timer_;
    int row_ = -1;
    int frame_ = 0;
    bool calm_ = false;
};

} // namespace rushes::ui
