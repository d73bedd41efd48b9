#include "queue/queue_view.h"

#include "controls/basic.h"
#include "queue/queue_model.h"
#include "theme/icons.h"
#include "theme/theme.h"

#include <algorithm>

#include <QApplication>
#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>

namespace rushes::ui {

namespace {

constexpr int cards_at_least = 2; ///< in a low window

/// The running card has a bar in the accent at its left edge, the focus is a ring around the card.
void paintCard(QPainter& painter, const QRectF& card, bool running, bool focused) {
    const Tokens& t = tokens();
    QPainterPath shape;
    shape.addRoundedRect(card, size::radius_field, size::radius_field);
    painter.fillPath(shape, t.field);
    if (running) {
        painter.save();
        painter.setClipPath(shape);
        painter.fillRect(QRectF(card.left(), card.top(), size::groove, card.height()), t.accent);
        painter.restore();
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(running ? t.accent_dim : t.line, size::hairline));
    painter.drawPath(shape);
    if (focused) {
        const double inset = (size::focus_ring - size::hairline) / 2.0;
        painter.setPen(QPen(t.accent, size::focus_ring));
        painter.drawRoundedRect(
            card.adjusted(inset, inset, -inset, -inset), size::radius_field, size::radius_field
        );
    }
}

} // namespace

QSize QueueDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {size::right_panel_min, size::queue_card + size::space2};
}

void QueueDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
    const {
    const Tokens& t = tokens();
    const bool running = index.data(QueueModel::running_role).toBool();
    painter->save();
    painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const QRectF card = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -size::space2 - 0.5);
    paintCard(*painter, card, running, option.state & QStyle::State_HasFocus);
    QRectF picture(card.left() + size::space2 + 2, 0, size::card_thumb_width, size::card_thumb_height);
    picture.moveTop(card.center().y() - picture.height() / 2);
    QPainterPath shape;
    shape.addRoundedRect(picture, size::radius_picture, size::radius_picture);
    painter->fillPath(shape, t.raised);
    const auto image = index.data(Qt::DecorationRole).value<QImage>();
    if (!image.isNull()) {
        painter->setClipPath(shape);
        const QSizeF part = picture.size().scaled(image.size(), Qt::KeepAspectRatio);
        const QPointF corner((image.width() - part.width()) / 2, (image.height() - part.height()) / 2);
        painter->drawImage(picture, image, QRectF(corner, part));
        painter->setClipping(false);
    }
    QRectF words = card.adjusted(0, size::space2 + 1, -size::space3, -size::space2 - 1);
    words.setLeft(picture.right() + size::space2 + 2);
    if (!running) {
        const QRectF grip(
            card.right() - size::space2 - size::icon_small,
            card.center().y() - size::icon_small / 2.0,
            size::icon_small,
            size::icon_small
        );
        drawIcon(*painter, QStringLiteral("grip"), grip, t.text3);
        words.setRight(grip.left() - size::space1);
    }
    painter->setFont(valueFont());
    painter->setPen(t.text);
    const auto title = painter->fontMetrics().elidedText(
        index.data().toString(), Qt::ElideRight, static_cast<int>(words.width())
    );
    painter->drawText(words, Qt::AlignLeft | Qt::AlignTop, title);
    painter->setFont(labelFont());
    painter->setPen(running ? t.accent_text : t.text2);
    const QRectF below(
        words.left(),
        words.bottom() - painter->fontMetrics().height(),
        words.width(),
        painter->fontMetrics().height()
    );
    const QString state = painter->fontMetrics().elidedText(
        index.data(QueueModel::state_role).toString(), Qt::ElideRight, static_cast<int>(below.width())
    );
    drawFigures(*painter, below, Qt::AlignLeft | Qt::AlignVCenter, state);
    painter->restore();
}

QueueView::QueueView(QueueModel& model, QWidget* parent) : QListView(parent), model_(model) {
    setNames(this, QStringLiteral("queue"), tr("Queue", "the list"));
    setModel(&model);
    setItemDelegate(new QueueDelegate(this));
    setUniformItemSizes(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setMouseTracking(true);
    setDragDropMode(QAbstractItemView::NoDragDrop); // cards move under the mouse, see mouseMoveEvent()
    const auto resized = [this] {
        setFocusPolicy(model_.rowCount() > 0 ? Qt::StrongFocus : Qt::NoFocus); // an empty list is no stop
        updateGeometry();
    };
    resized();
    connect(&model, &QAbstractItemModel::rowsInserted, this, resized);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, resized);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Maximum); // as high as its cards, if there is room
}

QSize QueueView::sizeHint() const {
    return {size::right_panel_min, std::max(1, model_.rowCount()) * (size::queue_card + size::space2)};
}

QSize QueueView::minimumSizeHint() const {
    const int cards = std::clamp(model_.rowCount(), 1, cards_at_least);
    return {0, cards * (size::queue_card + size::space2)};
}

void QueueView::moveBy(const QString& id, int places) {
    const auto from = model_.rowOf(id);
    if (from && model_.move(id, places)) {
        emit reordered(id, *from, *model_.rowOf(id));
    }
}

QString QueueView::waitingAt(const QPoint& place) const {
    const QModelIndex index = indexAt(place);
    return index.isValid() && model_.card(index.row()).job.waits()
               ? index.data(QueueModel::id_role).toString()
               : QString();
}

void QueueView::mousePressEvent(QMouseEvent* event) {
    QListView::mousePressEvent(event);
    held_ = event->button() == Qt::LeftButton ? waitingAt(event->pos()) : QString();
    held_from_ = model_.rowOf(held_).value_or(0);
    pressed_at_ = event->pos();
}

void QueueView::mouseMoveEvent(QMouseEvent* event) {
    if (held_.isEmpty()) {
        viewport()->setCursor(!waitingAt(event->pos()).isEmpty() ? Qt::OpenHandCursor : Qt::ArrowCursor);
        QListView::mouseMoveEvent(event);
        return;
    }
    if (!dragging_ && (event->pos() - pressed_at_).manhattanLength() < QApplication::startDragDistance()) {
        return;
    }
    dragging_ = true;
    viewport()->setCursor(Qt::ClosedHandCursor);
    // The card goes where the mouse is at once: what one sees is the order. Above the list is the front,
    // below it the end.
    const auto row = model_.rowOf(held_);
    if (!row) {
        held_.clear(); // it began to run, or was removed
        return;
    }
    const QModelIndex under = indexAt({viewport()->width() / 2, event->pos().y()});
    const int target = under.isValid() ? under.row() : event->pos().y() < 0 ? 0 : model_.rowCount() - 1;
    if (model_.move(held_, target - *row)) {
        setCurrentIndex(model_.index(*model_.rowOf(held_)));
    }
}

void QueueView::mouseReleaseEvent(QMouseEvent* event) {
    QListView::mouseReleaseEvent(event);
    const auto row = model_.rowOf(held_);
    if (dragging_ && row && *row != held_from_) {
        emit reordered(held_, held_from_, *row);
    }
    held_.clear();
    dragging_ = false;
    viewport()->unsetCursor();
}

void QueueView::keyPressEvent(QKeyEvent* event) {
    const QString id = currentIndex().data(QueueModel::id_role).toString();
    const bool alt = event->modifiers() == Qt::AltModifier;
    if (!id.isEmpty() && event->key() == Qt::Key_Delete) {
        model_.remove(id);
    } else if (!id.isEmpty() && alt && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)) {
        moveBy(id, event->key() == Qt::Key_Up ? -1 : 1);
    } else if (!id.isEmpty() && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
               event->modifiers() == Qt::NoModifier && model_.card(currentIndex().row()).job.waits()) {
        emit editRequested(id);
    } else {
        QListView::keyPressEvent(event);
    }
}

void QueueView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (const QString id = waitingAt(event->pos()); !id.isEmpty()) {
        held_.clear();
        emit editRequested(id);
    }
}

void QueueView::contextMenuEvent(QContextMenuEvent* event) {
    // The keyboard's menu belongs to the card that has the focus; the mouse's place counts in the viewport.
    const bool by_key = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = by_key ? currentIndex() : indexAt(event->pos());
    const QPoint global = by_key ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos();
    if (!index.isValid()) {
        return;
    }
    const QString id = index.data(QueueModel::id_role).toString();
    const Job& job = model_.card(index.row()).job;
    QMenu menu(this);
    if (job.state == JobState::running) {
        menu.addAction(tr("Pause now"), this, [this] { emit pauseNowRequested(); });
    }
    if (job.waits()) {
        menu.addAction(tr("Edit…\tEnter"), this, [this, id] { emit editRequested(id); });
        menu.addSeparator();
        menu.addAction(tr("To the front"), this, [this, id] { moveBy(id, -model_.rowCount()); });
        menu.addAction(tr("Earlier\tAlt+Up"), this, [this, id] { moveBy(id, -1); });
        menu.addAction(tr("Later\tAlt+Down"), this, [this, id] { moveBy(id, 1); });
    }
    if (job.state == JobState::failed) {
        menu.addAction(tr("Try again"), this, [this, id] { emit retryRequested(id); });
    }
    menu.addAction(tr("Duplicate"), this, [this, id] { emit duplicateRequested(id); });
    if (job.state != JobState::running) {
        menu.addSeparator();
        menu.addAction(tr("Remove\tDel"), this, [this, id] { model_.remove(id); });
    }
    menu.exec(global);
}

void QueueView::paintEvent(QPaintEvent* event) {
    QListView::paintEvent(event);
    if (model_.rowCount() == 0) {
        QPainter painter(viewport());
        painter.setPen(tokens().text2);
        painter.setFont(valueFont());
        const QRect place = viewport()->rect().adjusted(0, size::space2, 0, 0);
        painter.drawText(
            place,
            Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap,
            tr("Nothing is waiting. Generate while a clip is being made puts the next one here.")
        );
    }
}

} // namespace rushes::ui
