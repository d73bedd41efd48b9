#include "controls/tab_order.h"

#include <vector>

#include <QLayout>
#include <QScrollArea>
#include <QTabBar>
#include <QTabWidget>

namespace rushes::ui {

namespace {

void collectFocusable(QLayout* layout, std::vector<QWidget*>& found);

void collectFocusable(QWidget* widget, std::vector<QWidget*>& found) {
    if (widget->focusPolicy() & Qt::TabFocus) {
        found.push_back(widget);
    }
    if (const auto* tabs = qobject_cast<QTabWidget*>(widget)) {
        collectFocusable(tabs->tabBar(), found);
        for (int i = 0; i < tabs->count(); ++i) {
            collectFocusable(tabs->widget(i), found);
        }
        return;
    }
    const auto* scroll = qobject_cast<QScrollArea*>(widget);
    QLayout* inside = scroll != nullptr ? scroll->widget()->layout() : widget->layout();
    if (inside != nullptr) {
        collectFocusable(inside, found);
    }
}

void collectFocusable(QLayout* layout, std::vector<QWidget*>& found) {
    for (int i = 0; i < layout->count(); ++i) {
        QLayoutItem* item = layout->itemAt(i);
        if (item->widget() != nullptr) {
            collectFocusable(item->widget(), found);
        } else if (item->layout() != nullptr) {
            collectFocusable(item->layout(), found);
        }
    }
}

} // namespace

void orderTabs(QWidget& panel) {
    orderTabs({&panel});
}

void orderTabs(std::initializer_list<QWidget*> panels) {
    std::vector<QWidget*> chain;
    for (QWidget* panel : panels) {
        collectFocusable(panel, chain);
    }
    for (std::size_t i = 1; i < chain.size(); ++i) {
        QWidget::setTabOrder(chain[i - 1], chain[i]);
    }
}

} // namespace rushes::ui
