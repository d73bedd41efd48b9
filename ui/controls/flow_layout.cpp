#include "controls/flow_layout.h"

#include <algorithm>

#include <QWidget>

namespace rushes::ui {

namespace {

QSize hintOf(const QLayoutItem& item, int width) {
    return item.sizeHint().boundedTo(QSize(width, QWIDGETSIZE_MAX));
}

/// Somebody hid it: it takes no room. One that was never shown does.
bool isTakenOut(QLayoutItem& item) {
    const QWidget* const widget = item.widget();
    return widget != nullptr && widget->isHidden() && widget->testAttribute(Qt::WA_WState_ExplicitShowHide);
}

} // namespace

FlowLayout::FlowLayout(int spacing, QWidget* parent) : QLayout(parent) {
    setContentsMargins(0, 0, 0, 0);
    setSpacing(spacing);
}

FlowLayout::~FlowLayout() = default;

void FlowLayout::addItem(QLayoutItem* item) {
    items_.emplace_back(item);
}

QLayoutItem* FlowLayout::itemAt(int index) const {
    return index >= 0 && index < count() ? items_[static_cast<std::size_t>(index)].get() : nullptr;
}

QLayoutItem* FlowLayout::takeAt(int index) {
    if (index < 0 || index >= count()) {
        return nullptr;
    }
    const auto at = items_.begin() + index;
    QLayoutItem* item = at->release();
    items_.erase(at);
    return item;
}

int FlowLayout::heightForWidth(int width) const {
    return arrange(QRect(0, 0, width, 0), false);
}

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const auto& item : items_) {
        size = size.expandedTo(QSize(0, item->minimumSize().height()));
    }
    return size;
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect& rect, bool move) const {
    std::vector<QLayoutItem*> items;
    for (const auto& item : items_) {
        if (!isTakenOut(*item)) {
            items.push_back(item.get());
        }
    }
    int y = rect.y();
    std::size_t begin = 0;
    while (begin < items.size()) {
        // As many as a line holds.
        int width = 0;
        int height = 0;
        std::size_t end = begin;
        for (; end < items.size(); ++end) {
            const QSize hint = hintOf(*items[end], rect.width());
            const int wider = width + (end > begin ? spacing() : 0) + hint.width();
            if (end > begin && wider > rect.width()) {
                break;
            }
            width = wider;
            height = std::max(height, hint.height());
        }
        int x = rect.x() + (centred_ ? (rect.width() - width) / 2 : 0);
        for (; move && begin < end; ++begin) {
            const QSize hint = hintOf(*items[begin], rect.width());
            items[begin]->setGeometry(QRect(QPoint(x, y), hint));
            x += hint.width() + spacing();
        }
        begin = end;
        y += height + (end < items.size() ? spacing() : 0);
    }
    return y - rect.y();
}

} // namespace rushes::ui
