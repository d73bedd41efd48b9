#include "library/clip_grid.h"

#include "controls/basic.h"
#include "library/clip_delegate.h"
#include "library/clip_grid_model.h"
#include "library/hover_play.h"
#include "theme/theme.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>

namespace rushes::ui {

namespace {

constexpr int most_stars = 5;

} // namespace

ClipGrid::ClipGrid(ClipGridModel& model, QWidget* parent) : QListView(parent), model_(model) {
    setNames(this, QStringLiteral("clip-grid"), tr("All clips"));
    setModel(&model);
    auto* delegate = new ClipDelegate(model, this);
    setItemDelegate(delegate);
    hover_ = new HoverPlay(*this, model, *delegate);
    connect(hover_, &HoverPlay::framesWanted, this, &ClipGrid::framesWanted);
    setFlow(QListView::LeftToRight);
    setWrapping(true);
    setResizeMode(QListView::Adjust);
    setUniformItemSizes(true); // a hundred thousand need not be asked
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setDragEnabled(true);
    setDragDropMode(QAbstractItemView::DragOnly);
    setMouseTracking(true);
    setFrameShape(QFrame::NoFrame);
    connect(this, &QListView::activated, this, [this](const QModelIndex& index) {
        emit chosen(model_.idAt(index.row()));
    });
}

void ClipGrid::setCalm(bool calm) {
    hover_->setCalm(calm);
}

void ClipGrid::setEmptyText(const QString& text) {
    empty_text_ = text;
    viewport()->update();
}

QList<qlonglong> ClipGrid::chosenIds() const {
    QList<qlonglong> ids;
    for (const QModelIndex& index : selectionModel()->selectedIndexes()) {
        ids << model_.idAt(index.row());
    }
    if (ids.isEmpty() && currentIndex().isValid()) {
        ids << model_.idAt(currentIndex().row());
    }
    return ids;
}

void ClipGrid::mouseMoveEvent(QMouseEvent* event) {
    QListView::mouseMoveEvent(event);
    const QModelIndex index = indexAt(event->pos());
    hover_->hover(index.isValid() ? index.row() : -1);
}

void ClipGrid::leaveEvent(QEvent* event) {
    QListView::leaveEvent(event);
    hover_->hover(-1);
}

void ClipGrid::keyPressEvent(QKeyEvent* event) {
    const QList<qlonglong> ids = chosenIds();
    const int digit = event->key() - Qt::Key_0;
    const bool plain = (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
    if (ids.isEmpty()) {
        QListView::keyPressEvent(event);
    } else if (plain && digit >= 0 && digit <= most_stars) {
        emit ratingRequested(ids, digit);
    } else if (plain && event->key() == Qt::Key_F) {
        emit favouriteRequested(ids);
    } else if (plain && event->key() == Qt::Key_T) {
        emit tagsRequested(ids);
    } else if (plain && event->key() == Qt::Key_C) {
        emit collectionRequested(ids);
    } else if (plain && event->key() == Qt::Key_Delete) {
        emit removeRequested(ids);
    } else if (event->modifiers() == Qt::ControlModifier && event->key() == Qt::Key_J && ids.size() > 1) {
        emit deedRequested(ids, ClipDeed::join);
    } else if (event->modifiers() == Qt::ShiftModifier && event->key() == Qt::Key_Delete) {
        emit binRequested(ids);
    } else {
        QListView::keyPressEvent(event);
    }
}

void ClipGrid::contextMenuEvent(QContextMenuEvent* event) {
    const bool by_key = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = by_key ? currentIndex() : indexAt(event->pos());
    if (index.isValid()) {
        showMenu(
            chosenIds(), by_key ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos()
        );
    }
}

void ClipGrid::showMenu(const QList<qlonglong>& ids, const QPoint& global) {
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("grid-menu"));
    if (ids.size() == 1) {
        menu.addAction(tr("Show and restore settings"), this, [this, ids] { emit chosen(ids.front()); });
        menu.addAction(tr("Make again"), this, [this, ids] { emit againRequested(ids.front()); });
        menu.addAction(tr("Show in folder"), this, [this, ids] { emit showFileRequested(ids.front()); });
        menu.addSeparator();
    }
    QMenu* stars = menu.addMenu(tr("Stars"));
    for (int i = 0; i <= most_stars; ++i) {
        const QString words = i == 0 ? tr("None") : QString(i, QChar(0x2605));
        stars->addAction(QStringLiteral("%1\t%2").arg(words).arg(i), this, [this, ids, i] {
            emit ratingRequested(ids, i);
        });
    }
    menu.addAction(tr("Favourite or not\tF"), this, [this, ids] { emit favouriteRequested(ids); });
    menu.addAction(tr("Tags…\tT"), this, [this, ids] { emit tagsRequested(ids); });
    menu.addAction(tr("Put into a collection…\tC"), this, [this, ids] { emit collectionRequested(ids); });
    if (in_collection_) {
        menu.addAction(tr("Take out of this collection"), this, [this, ids] { emit takeOutRequested(ids); });
    }
    menu.addSeparator();
    menu.addAction(tr("Export…"), this, [this, ids] { emit exportRequested(ids); });
    menu.addAction(tr("Copy the files"), this, [this, ids] { emit copyRequested(ids); });
    menu.addSeparator();
    addDeeds(menu, static_cast<int>(ids.size()), [this, ids](ClipDeed deed) {
        emit deedRequested(ids, deed);
    });
    menu.addSeparator();
    menu.addAction(tr("Remove from the library (the files stay)\tDel"), this, [this, ids] {
        emit removeRequested(ids);
    });
    menu.addAction(tr("Move the files to the bin\tShift+Del"), this, [this, ids] { emit binRequested(ids); });
    menu.exec(global);
}

void ClipGrid::paintEvent(QPaintEvent* event) {
    QListView::paintEvent(event);
    if (model_.rowCount() == 0) {
        QPainter painter(viewport());
        painter.setFont(valueFont());
        painter.setPen(tokens().text2);
        painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap, empty_text_);
    }
}

} // namespace rushes::ui
