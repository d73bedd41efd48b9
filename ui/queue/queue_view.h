// The queue as cards: the running job, then those that wait. Alt+Up/Down moves, Delete removes.
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

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QueueModel& model_;
};

} // namespace rushes::ui
