// Tab goes through a panel as one reads it.
#pragma once

#include <initializer_list>

class QWidget;

namespace rushes::ui {

/// Puts everything in `panel` that Tab reaches into the order in which the layouts show it: what is made
/// later (the buttons of another model, say) comes last in Qt's own chain.
void orderTabs(QWidget& panel);
/// Several panels, one after the other.
void orderTabs(std::initializer_list<QWidget*> panels);

} // namespace rushes::ui
