// MainWindow: its docks, and how they give way in a small window.
#include "controls/basic.h"
#include "desk/status_line.h"
#include "shell/main_window.h"

#include <algorithm>
#include <iterator>

#include <QDockWidget>
#include <QMenuBar>
#include <QResizeEvent>
#include <QScreen>

namespace rushes::ui {

/// As large as wanted or as the screen allows, its frame included.
void MainWindow::fitToScreen() {
    const QSize room = screen()->availableGeometry().size() - QSize(size::frame_width, size::frame_height);
    resize(QSize(size::window_width, size::window_height).boundedTo(room));
    const int least = size::left_panel_min + size::palette_width; // below, the transport bar would be cut
    setMinimumSize(QSize(least, size::window_min_height).boundedTo(room));
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    if (event->size().width() != event->oldSize().width()) {
        arrangeForWidth();
    }
}

/// A narrow window gives up the right panel first; it comes back with the room for it. Panels that were
/// squeezed get their width back.
void MainWindow::arrangeForWidth() {
    if (docks_.empty() || actions_[Command::stage_alone].isChecked()) {
        return;
    }
    QDockWidget* const side = docks_[1];
    const bool narrow = width() < size::window_both_panels;
    if (narrow && !side->isHidden() && !side->isFloating()) {
        side_hidden_by_width_ = true;
        side->hide();
    } else if (!narrow && side_hidden_by_width_) {
        side_hidden_by_width_ = false;
        side->show();
    }
    if (width() > last_width_) {
        QList<QDockWidget*> squeezed;
        QList<int> widths;
        const std::pair<QDockWidget*, int> wanted[] = {
            {docks_[0], size::left_panel}, {docks_[1], size::right_panel}
        };
        for (const auto& [dock, usual] : wanted) {
            if (dock->isVisible() && !dock->isFloating() && dock->width() < usual) {
                squeezed << dock;
                widths << usual;
            }
        }
        if (!squeezed.isEmpty()) {
            resizeDocks(squeezed, widths, Qt::Horizontal);
        }
    }
    last_width_ = width();
}

QDockWidget*
MainWindow::dock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(content);
    dock->setTitleBarWidget(new QWidget(dock)); // titles appear while panels are arranged
    addDockWidget(area, dock);
    docks_.push_back(dock);
    return dock;
}

void MainWindow::arrangeDocks() {
    addDockWidget(Qt::LeftDockWidgetArea, docks_[0]);
    addDockWidget(Qt::RightDockWidgetArea, docks_[1]);
    addDockWidget(Qt::BottomDockWidgetArea, docks_[2]);
    for (QDockWidget* dock : docks_) {
        dock->setFloating(false);
        dock->show();
    }
    resizeDocks({docks_[0], docks_[1]}, {size::left_panel, size::right_panel}, Qt::Horizontal);
    resizeDocks({docks_[2]}, {size::strip}, Qt::Vertical);
}

void MainWindow::setArranging(bool arranging) {
    for (QDockWidget* dock : docks_) {
        QWidget* old = dock->titleBarWidget();
        dock->setTitleBarWidget(arranging ? nullptr : new QWidget(dock));
        if (old != nullptr) {
            old->deleteLater();
        }
    }
}

void MainWindow::showStageAlone(bool alone) {
    if (alone) {
        hidden_for_stage_.clear();
        std::ranges::copy_if(docks_, std::back_inserter(hidden_for_stage_), [](const QDockWidget* d) {
            return d->isVisible();
        });
    }
    for (QDockWidget* dock : hidden_for_stage_) {
        dock->setVisible(!alone);
    }
    menuBar()->setVisible(!alone);
    status_->setVisible(!alone);
    notice_foot_->setVisible(!alone);
    setWindowState(alone ? windowState() | Qt::WindowFullScreen : windowState() & ~Qt::WindowFullScreen);
}

} // namespace rushes::ui
