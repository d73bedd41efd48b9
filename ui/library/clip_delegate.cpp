#include "library/clip_delegate.h"

#include "controls/basic.h"
#include "theme/icons.h"
#include "theme/theme.h"

#include <QPainter>
#include <QPainterPath>

namespace rushes::ui {

namespace {

/// The middle of a picture that fills `place`.
QRectF filledPart(const QSizeF& picture, const QSizeF& place) {
    const QSizeF part = place.scaled(picture, Qt::KeepAspectRatio);
    return {QPointF((picture.width() - part.width()) / 2, (picture.height() - part.height()) / 2), part};
}

} // namespace

ClipDelegate::ClipDelegate(const ClipItems& items, QObject* parent)
    : QStyledItemDelegate(parent), items_(items) {}

QSize ClipDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {size::thumb_width + size::space3 + 2, size::thumb_height + size::space3};
}

void ClipDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
    const {
    const Tokens& t = tokens();
    const ClipItem& item = items_.item(index.row());
    painter->save();
    painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    QRectF picture(0, 0, size::thumb_width, size::thumb_height);
    picture.moveCenter(QRectF(option.rect).center());
    QPainterPath shape;
    shape.addRoundedRect(picture, size::radius_small, size::radius_small);
    painter->fillPath(shape, t.field);
    const bool moves = index.row() == hover_row_ && !item.moving.empty();
    const QImage& image =
        moves ? item.moving[static_cast<std::size_t>(hover_frame_) % item.moving.size()] : item.thumbnail;
    painter->save();
    painter->setClipPath(shape);
    if (!image.isNull()) {
        // The clip's true shape, on the tile's ground.
        QRectF whole(QPointF(), QSizeF(image.size()).scaled(picture.size(), Qt::KeepAspectRatio));
        whole.moveCenter(picture.center());
        const bool nearly_fills =
            whole.width() > 0.9 * picture.width() && whole.height() > 0.9 * picture.height();
        if (nearly_fills) {
            painter->drawImage(picture, image, filledPart(image.size(), picture.size()));
        } else {
            painter->drawImage(whole, image);
        }
    } else {
        QRectF symbol(0, 0, size::icon, size::icon);
        symbol.moveCenter(picture.center());
        drawIcon(*painter, item.missing ? QStringLiteral("warn") : QStringLiteral("film"), symbol, t.text3);
    }
    painter->restore();
    const bool selected = option.state & QStyle::State_Selected;
    const bool focused = option.state & QStyle::State_HasFocus;
    const auto ring = [&](double away, const QColor& colour) {
        painter->setPen(QPen(colour, size::focus_ring));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(
            picture.adjusted(-away, -away, away, away), size::radius_small + away, size::radius_small + away
        );
    };
    if (selected) {
        ring(1, t.accent);
    }
    if (focused && option.widget != nullptr && option.widget->hasFocus()) {
        ring(4, t.text); // outside of the selection: where the keys go
    }
    paintLabel(*painter, picture, index);
    painter->restore();
}

void ClipDelegate::paintLabel(QPainter& painter, const QRectF& picture, const QModelIndex& index) const {
    const Tokens& dark = darkTokens(); // on a picture the label is dark in both schemes
    const ClipItem& item = items_.item(index.row());
    const QString stars = QString(item.record.rating, QChar(0x2605));
    const QString text =
        stars.isEmpty() ? clipLabel(item) : QStringLiteral("%1  %2").arg(clipLabel(item), stars);
    const double star = item.record.favourite ? size::space3 + 2 : 0;
    const QRectF box =
        drawPictureLabel(painter, picture, text, item.running ? dark.accent_text : dark.text, star);
    if (item.record.favourite) {
        const QRectF place(box.right() - star - 2, box.center().y() - star / 2, star, star);
        drawIcon(painter, QStringLiteral("star"), place, dark.text);
    }
}

} // namespace rushes::ui
