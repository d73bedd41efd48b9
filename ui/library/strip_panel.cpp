#include "library/strip_panel.h"

#include "controls/basic.h"
#include "library/film_strip.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QVBoxLayout>

namespace rushes::ui {

StripPanel::StripPanel(FilmStrip& strip, QWidget* parent)
    : QWidget(parent), strip_(strip), search_(new QLineEdit) {
    setRole(this, "panel");
    setAttribute(Qt::WA_StyledBackground);
    setNames(search_, QStringLiteral("strip-search"), tr("Search the clips"));
    search_->setPlaceholderText(tr("Words of the prompt; Esc ends the search"));
    search_->setClearButtonEnabled(true);
    search_->setMaximumWidth(size::palette_width);
    search_->installEventFilter(this);
    search_->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(size::space4, 0, size::space4, 0);
    row->addWidget(search_);
    row->addStretch();
    column->addLayout(row);
    column->addWidget(&strip_, 1);
    connect(search_, &QLineEdit::textChanged, this, &StripPanel::searched);
}

void StripPanel::beginSearch() {
    search_->show();
    search_->setFocus();
    search_->selectAll();
}

void StripPanel::endSearch() {
    search_->clear();
    search_->hide();
    strip_.setFocus();
}

bool StripPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == search_ && event->type() == QEvent::ShortcutOverride) {
        if (static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
            event->accept(); // the search ends, not the clip that is made
            return true;
        }
    } else if (watched == search_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape) {
            endSearch();
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Down) {
            strip_.setFocus();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace rushes::ui
