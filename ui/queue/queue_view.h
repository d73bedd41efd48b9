// The queue as cards: the running job, then those that wait. A drag or Alt+Up/Down moves, Delete removes.
#pragma once

#include <QListView>
#include <QStyledItemDelegate>

namespace rushes::ui {

class QueueModel;

class QueueDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void
    paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

class QueueView : public QListView {
    Q_OBJECT

public:
    explicit QueueView(QueueModel& model, QWidget* parent = nullptr);
    QSize sizeHint() const override;

signals:
    void retryRequested(const QString& id);
    void duplicateRequested(const QString& id);
    void pauseNowRequested(); ///< the running one, to be made later

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    /// The waiting job under the mouse; empty: none.
    QString waitingAt(const QPoint& place) const;

    QueueModel& model_;
    QPoint pressed_at_;
    QString held_; ///< id of the job that the mouse holds; empty: none
    bool dragging_ = false;
};

} // namespace rushes::ui
