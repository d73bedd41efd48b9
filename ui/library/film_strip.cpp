#include "library/film_strip.h"

#include "controls/basic.h"
#include "convert.h"
#include "library/clip_delegate.h"
#include "library/clip_strip_model.h"
#include "library/hover_play.h"
#include "library/rename_field.h"
#include "theme/theme.h"

#include <algorithm>

#include <QApplication>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

namespace rushes::ui {

FilmStrip::FilmStrip(ClipStripModel& model, QWidget* parent)
    : QListView(parent), model_(model), delegate_(new ClipDelegate(model, this)) {
    setNames(this, QStringLiteral("film-strip"), tr("Clips made so far"));
    setRole(this, "panel");
    setModel(&model);
    setItemDelegate(delegate_);
    setFlow(QListView::LeftToRight);
    setWrapping(false);
    setUniformItemSizes(true);
    setSelectionMode(QAbstractItemView::ExtendedSelection); // several to export or remove in one go
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setDragEnabled(true);
    setDragDropMode(QAbstractItemView::DragOnly);
    setMouseTracking(true);
    setFrameShape(QFrame::NoFrame);
    setMinimumHeight(size::strip_min);
    setSpacing(0);
    setViewportMargins(size::space3, size::space2, size::space3, 0);
    connect(this, &QListView::clicked, this, [this](const QModelIndex& index) {
        const bool several = QApplication::keyboardModifiers() & (Qt::ControlModifier | Qt::ShiftModifier);
        if (!several) {
            emit chosen(index.row());
        }
    });
    hover_ = new HoverPlay(*this, model, *delegate_);
    connect(hover_, &HoverPlay::framesWanted, this, &FilmStrip::hoverNeedsFrames);
    connect(this, &QListView::doubleClicked, this, [this](const QModelIndex& index) {
        emit compareRequested(index.row());
    });
}

void FilmStrip::setSearching(bool searching) {
    searching_ = searching;
    viewport()->update();
}

void FilmStrip::select(int row) {
    const QModelIndex index = model_.index(row);
    selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
    scrollTo(index);
}

void FilmStrip::mouseMoveEvent(QMouseEvent* event) {
    QListView::mouseMoveEvent(event);
    const QModelIndex index = indexAt(event->pos());
    hover_->hover(index.isValid() ? index.row() : -1);
}

void FilmStrip::leaveEvent(QEvent* event) {
    QListView::leaveEvent(event);
    hover_->hover(-1);
}

void FilmStrip::setCalm(bool calm) {
    hover_->setCalm(calm);
}

void FilmStrip::wheelEvent(QWheelEvent* event) {
    // One wheel turns two ways: the strip has only one direction to go.
    const QPoint delta = event->angleDelta();
    horizontalScrollBar()->setValue(
        horizontalScrollBar()->value() - (delta.y() != 0 ? delta.y() : delta.x())
    );
    event->accept();
}

void FilmStrip::keyPressEvent(QKeyEvent* event) {
    const QModelIndex index = currentIndex();
    const int digit = event->key() - Qt::Key_0;
    constexpr int most_stars = 5;
    if (index.isValid() && digit >= 0 && digit <= most_stars && event->modifiers() == Qt::NoModifier &&
        !model_.item(index.row()).running) {
        emit ratingRequested(model_.item(index.row()).record.id, digit);
    } else if (index.isValid() && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
               event->modifiers() == Qt::NoModifier) {
        emit chosen(index.row());
    } else if (event->key() == Qt::Key_Delete && selectedIds().size() > 1) {
        emit removeManyRequested(selectedIds());
    } else if (index.isValid() && event->key() == Qt::Key_Delete && !model_.item(index.row()).running) {
        emit removeRequested(model_.item(index.row()).record.id);
    } else {
        QListView::keyPressEvent(event);
    }
}

void FilmStrip::contextMenuEvent(QContextMenuEvent* event) {
    // The keyboard's menu belongs to the card that has the focus; the mouse's place counts in the viewport.
    const bool by_key = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = by_key ? currentIndex() : indexAt(event->pos());
    const QPoint global = by_key ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos();
    if (!index.isValid() || model_.item(index.row()).running) {
        return;
    }
    const QList<qlonglong> ids = selectedIds();
    if (ids.size() > 1 && ids.contains(model_.item(index.row()).record.id)) {
        showMenuOfMany(ids, global);
    } else {
        showMenuOfOne(index, global);
    }
}

QList<qlonglong> FilmStrip::selectedIds() const {
    QList<qlonglong> ids;
    for (const QModelIndex& index : selectionModel()->selectedIndexes()) {
        if (!model_.item(index.row()).running) {
            ids << model_.item(index.row()).record.id;
        }
    }
    return ids;
}

void FilmStrip::showMenuOfMany(const QList<qlonglong>& ids, const QPoint& global) {
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("strip-menu"));
    const auto count = ids.size();
    menu.addAction(tr("Export %1 clips…").arg(count), this, [this, ids] { emit exportManyRequested(ids); });
    menu.addAction(tr("Copy %1 files").arg(count), this, [this, ids] { emit copyManyRequested(ids); });
    addDeeds(menu, static_cast<int>(count), [this, ids](ClipDeed deed) { emit deedRequested(ids, deed); });
    menu.addSeparator();
    menu.addAction(tr("Remove %1 from the strip (the files stay)\tDel").arg(count), this, [this, ids] {
        emit removeManyRequested(ids);
    });
    menu.exec(global);
}

void FilmStrip::showMenuOfOne(const QModelIndex& index, const QPoint& global) {
    const auto id = static_cast<qlonglong>(model_.item(index.row()).record.id);
    const bool favourite = model_.item(index.row()).record.favourite;
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("strip-menu"));
    menu.addAction(tr("Show and restore settings"), this, [this, row = index.row()] { emit chosen(row); });
    menu.addAction(tr("Compare with the clip on the stage"), this, [this, row = index.row()] {
        emit chosen(row);
        emit compareRequested(row);
    });
    menu.addAction(tr("Export…"), this, [this, row = index.row()] { emit exportRequested(row); });
    menu.addSeparator();
    menu.addAction(tr("Make again"), this, [this, id] { emit againRequested(id); });
    menu.addAction(tr("Four variations (other seeds)"), this, [this, id] { emit variationsRequested(id); });
    addDeeds(menu, 1, [this, id](ClipDeed deed) { emit deedRequested({id}, deed); });
    menu.addSeparator();
    menu.addAction(tr("Copy the file"), this, [this, id] { emit copyRequested(id); });
    menu.addAction(tr("Show in folder"), this, [this, id] { emit showFileRequested(id); });
    menu.addAction(tr("Rename…\tF2"), this, [this, index = QPersistentModelIndex(index)] {
        beginRename(index);
    });
    menu.addAction(favourite ? tr("Not a favourite") : tr("Favourite"), this, [this, id, favourite] {
        emit favouriteRequested(id, !favourite);
    });
    menu.addSeparator();
    menu.addAction(tr("Remove from the strip (the file stays)\tDel"), this, [this, id] {
        emit removeRequested(id);
    });
    menu.addAction(tr("Move the file to the bin"), this, [this, id] { emit deleteRequested(id); });
    menu.exec(global);
}

void FilmStrip::renameCurrent() {
    const QModelIndex index = currentIndex();
    if (index.isValid() && !model_.item(index.row()).running) {
        scrollTo(index);
        beginRename(index);
    }
}

/// A field over the tile: Enter or a click elsewhere takes the name, Esc leaves it.
void FilmStrip::beginRename(const QModelIndex& index) {
    const ClipItem& item = model_.item(index.row());
    auto* field = new RenameField(toQString(item.record.file.stem()), viewport());
    setNames(field, QStringLiteral("rename-clip"), tr("Name of the clip's file"));
    QRect place = visualRect(index);
    place.setTop(place.bottom() - size::control);
    place.setWidth(2 * size::thumb_width); // file names are long
    place.moveLeft(std::clamp(place.left(), 0, std::max(0, viewport()->width() - place.width())));
    field->setGeometry(place);
    field->show();
    field->setFocus();
    connect(field, &RenameField::done, this, [this, field, id = item.record.id](const QString& name) {
        field->deleteLater();
        setFocus();
        if (!name.isEmpty()) {
            emit renameRequested(id, name);
        }
    });
}

/// Above the tile, which plays under the mouse.
bool FilmStrip::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QModelIndex index = indexAt(help->pos());
        const QString text = index.data(Qt::ToolTipRole).toString();
        if (!text.isEmpty()) {
            const QRect tile = visualRect(index);
            const int height = 2 * QFontMetrics(QToolTip::font()).height();
            const QPoint above = viewport()->mapToGlobal(tile.topLeft()) - QPoint(0, height + size::space4);
            QToolTip::showText(above, text, viewport(), tile);
            return true;
        }
    }
    return QListView::viewportEvent(event);
}

void FilmStrip::paintEvent(QPaintEvent* event) {
    QListView::paintEvent(event);
    if (model_.rowCount() == 0) {
        QPainter painter(viewport());
        painter.setFont(valueFont());
        painter.setPen(tokens().text2);
        painter.drawText(
            viewport()->rect(),
            Qt::AlignCenter,
            searching_ ? tr("No clip has these words. Esc ends the search.")
                       : tr("Your clips appear here. Drop a clip to restore its settings.")
        );
    }
}

} // namespace rushes::ui
