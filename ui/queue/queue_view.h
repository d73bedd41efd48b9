// The queue as cards: the running job, then those that wait. A drag or Alt+Up/Down moves, Enter edits, Delete
// removes.
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
    QSize minimumSizeHint() const override;

signals:
    /// A waiting card went from one row to another.
    void reordered(const QString& id, int from, int to);
    void editRequested(const QString& id);
    void retryRequested(const QString& id);
    void duplicateRequested(const QString& id);
    void pauseNowRequested(); ///< the running one, to be made later

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    /// The waiting job under the mouse; empty: none.
    QString waitingAt(const QPoint& place) const;
    void moveBy(const QString& id, int places);

    QueueModel& model_;
    QPoint pressed_at_;
    QString held_;      ///< id of the job that the mouse holds; empty: none
    int held_from_ = 0; ///< its row when it was taken
    bool dragging_ = false;
};

} // namespace rushes::ui
