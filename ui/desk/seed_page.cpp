#include "desk/seed_page.h"

#include "controls/basic.h"
#include "session/sketches.h"
#include "theme/icons.h"
#include "theme/theme.h"

#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QPainterPath>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr int period_ms = 83; ///< 12 frames a second
constexpr int most_rows = 3;  ///< of more one scrolls
constexpr int most_full = 4;  ///< columns; more of them are smaller, so that a row stays one

/// Of a take's picture.
QSize takeSize(int columns) {
    const QSize full(size::take_width, size::take_height);
    return columns <= most_full ? full : full * most_full / columns;
}

class TakeDelegate : public QStyledItemDelegate {
public:
    TakeDelegate(const Sketches& sketches, const int& frame, QSize size, QObject* parent)
        : QStyledItemDelegate(parent), sketches_(sketches), frame_(frame), size_(size) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return size_.grownBy({0, 0, size::space3, size::space3});
    }

    void
    paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Tokens& t = tokens();
        const Take& take = sketches_.take(index.row());
        painter->save();
        painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        QRectF place(QPointF(), size_);
        place.moveCenter(QRectF(option.rect).center());
        QPainterPath shape;
        shape.addRoundedRect(place, size::radius_small, size::radius_small);
        painter->fillPath(shape, t.field);
        painter->setClipPath(shape);
        if (!take.frames.empty()) {
            const QImage& picture = take.frames[static_cast<std::size_t>(frame_) % take.frames.size()];
            QRectF whole(QPointF(), QSizeF(picture.size()).scaled(place.size(), Qt::KeepAspectRatio));
            whole.moveCenter(place.center());
            painter->setOpacity(take.dropped ? 0.2 : 1);
            painter->drawImage(whole, picture);
            painter->setOpacity(1);
        }
        painter->setClipping(false);
        paintMarks(*painter, place, take, index.row());
        const auto ring = [&](double away, const QColor& colour) {
            painter->setPen(QPen(colour, size::focus_ring));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(
                place.adjusted(-away, -away, away, away), size::radius_small + away, size::radius_small + away
            );
        };
        if (take.kept) {
            ring(1, t.accent);
        }
        if (option.state & QStyle::State_Selected) {
            ring(4, t.text);
        }
        painter->restore();
    }

private:
    /// Its number, a star when it is kept, a bar while it is drawn.
    static void paintMarks(QPainter& painter, const QRectF& place, const Take& take, int row) {
        QString text = take.label.isEmpty() ? QString::number(row + 1) : take.label;
        if (take.kept) {
            text += QStringLiteral(" \u2605");
        } else if (take.dropped) {
            text += QStringLiteral(" \u00D7");
        }
        text = QFontMetrics(labelFont(QFont::Medium))
                   .elidedText(text, Qt::ElideRight, static_cast<int>(place.width()) - 4 * size::space1);
        drawPictureLabel(painter, place, text, darkTokens().text);
        if (take.drawing) {
            painter.fillRect(
                QRectF(place.left(), place.bottom() - size::playhead, place.width(), size::playhead),
                tokens().accent
            );
        }
    }

    const Sketches& sketches_;
    const int& frame_;
    const QSize size_;
};

} // namespace

SeedPage::SeedPage(Sketches& sketches, TakesAre kind, int columns, QWidget* parent)
    : QDialog(parent),
      sketches_(sketches),
      kind_(kind),
      list_(new QListView),
      state_(new QLabel),
      clock_(this) {
    const bool clips = kind != TakesAre::first_pictures;
    clock_.setObjectName(QStringLiteral("takes-clock"));
    setObjectName(QStringLiteral("seed-page"));
    setWindowTitle(
        kind == TakesAre::clips    ? tr("Seeds side by side")
        : kind == TakesAre::values ? tr("Values side by side")
                                   : tr("Stills to begin with")
    );
    setRole(this, "panel");
    setNames(list_, QStringLiteral("takes"), tr("Takes of this idea"));
    list_->setModel(&sketches);
    list_->setItemDelegate(new TakeDelegate(sketches, frame_, takeSize(columns), list_));
    list_->setFlow(QListView::LeftToRight);
    list_->setWrapping(true);
    list_->setResizeMode(QListView::Adjust);
    list_->setUniformItemSizes(true);
    list_->setFrameShape(QFrame::NoFrame);
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    const int rows = (sketches.rowCount() + columns - 1) / columns;
    list_->setMinimumSize(
        columns * (takeSize(columns).width() + size::space3) + size::space4,
        std::min(rows, most_rows) * (takeSize(columns).height() + size::space3) + size::space2
    );
    list_->installEventFilter(this);
    setNames(state_, QStringLiteral("takes-state"), tr("What is drawn now"));
    setRole(state_, "dim");
    auto* hint = new QLabel(
        clips ? tr("K keeps · D drops · Enter makes the clip")
              : tr("K keeps · D drops · Enter begins the clip with it")
    );
    setRole(hint, "hint");
    auto* others = new QPushButton(tr("Other seeds"));
    setNames(others, QStringLiteral("takes-others"), tr("Other seeds"));
    auto* make = new QPushButton(clips ? tr("Make this clip") : tr("Begin with this one"));
    setNames(make, QStringLiteral("takes-make"), make->text());
    setRole(make, "primary");
    for (QPushButton* button : {others, make}) {
        button->setAutoDefault(false);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(size::space4, size::space4, size::space4, size::space4);
    column->setSpacing(size::space3);
    column->addWidget(list_, 1);
    auto* foot = new QHBoxLayout;
    foot->addWidget(state_);
    foot->addStretch();
    foot->addWidget(hint);
    foot->addWidget(others);
    others->setVisible(kind != TakesAre::values); // their seeds may be what is tried
    foot->addWidget(make);
    column->addLayout(foot);
    connect(others, &QPushButton::clicked, this, &SeedPage::anotherSetWanted);
    connect(make, &QPushButton::clicked, this, [this] { emit chosen(current()); });
    connect(list_, &QListView::doubleClicked, this, [this](const QModelIndex& index) {
        emit chosen(index.row());
    });
    connect(&sketches, &QAbstractItemModel::dataChanged, this, &SeedPage::showState);
    connect(&sketches, &QAbstractItemModel::modelReset, this, [this] {
        list_->setCurrentIndex(sketches_.index(0));
        showState();
    });
    connect(&clock_, &QTimer::timeout, this, [this] {
        ++frame_;
        list_->viewport()->update();
    });
    list_->setCurrentIndex(sketches.index(0));
    list_->setFocus();
    setCalm(false);
    showState();
}

void SeedPage::setCalm(bool calm) {
    if (calm) {
        clock_.stop();
    } else {
        clock_.start(period_ms);
    }
}

int SeedPage::current() const {
    return std::max(0, list_->currentIndex().row());
}

void SeedPage::showState() {
    int seen = 0;
    for (int row = 0; row < sketches_.rowCount(); ++row) {
        seen += sketches_.take(row).frames.empty() ? 0 : 1;
    }
    state_->setText(
        seen < sketches_.rowCount()         ? tr("A first look: %1 of %2").arg(seen).arg(sketches_.rowCount())
        : !sketches_.done()                 ? tr("Getting better")
        : kind_ != TakesAre::first_pictures ? tr("As good as the clips")
                                            : tr("All are drawn")
    );
}

void SeedPage::mark(int row, bool keep) {
    if (row < sketches_.rowCount()) {
        keep ? sketches_.toggleKept(row) : sketches_.toggleDropped(row);
    }
}

bool SeedPage::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress) {
        return QDialog::eventFilter(watched, event);
    }
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        emit chosen(current());
    } else if (key == Qt::Key_K || key == Qt::Key_Space) {
        mark(current(), true);
    } else if (key == Qt::Key_D || key == Qt::Key_Delete) {
        mark(current(), false);
    } else if (key >= Qt::Key_1 && key < Qt::Key_1 + sketches_.rowCount() && key <= Qt::Key_9) {
        list_->setCurrentIndex(sketches_.index(key - Qt::Key_1));
    } else {
        return QDialog::eventFilter(watched, event);
    }
    return true;
}

} // namespace rushes::ui
