#include "library/strip_panel.h"

#include "controls/basic.h"
#include "library/film_strip.h"
#include "theme/icons.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

namespace rushes::ui {

StripPanel::StripPanel(FilmStrip& strip, QWidget* parent)
    : QWidget(parent),
      strip_(strip),
      head_(new QWidget),
      search_(new QLineEdit),
      favourites_(new QToolButton) {
    setRole(this, "panel");
    setAttribute(Qt::WA_StyledBackground);
    setNames(search_, QStringLiteral("strip-search"), tr("Search the clips"));
    search_->setPlaceholderText(tr("Words of the prompt; Esc ends the search"));
    search_->setClearButtonEnabled(true);
    search_->setMaximumWidth(size::palette_width);
    search_->installEventFilter(this);
    setNames(favourites_, QStringLiteral("strip-favourites"), tr("Only favourites"));
    favourites_->setIcon(icon(QStringLiteral("star")));
    favourites_->setToolTip(tr("Only favourites"));
    favourites_->setCheckable(true);
    favourites_->setFocusPolicy(Qt::TabFocus);
    favourites_->installEventFilter(this);
    head_->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* row = new QHBoxLayout(head_);
    row->setContentsMargins(size::space4, size::space1, size::space4, 0);
    row->addWidget(search_, 1);
    row->addWidget(favourites_);
    row->addStretch();
    column->addWidget(head_);
    column->addWidget(&strip_, 1);
    connect(search_, &QLineEdit::textChanged, this, &StripPanel::tell);
    connect(favourites_, &QToolButton::toggled, this, &StripPanel::tell);
}

void StripPanel::tell() {
    strip_.setSearching(!search_->text().isEmpty() || favourites_->isChecked());
    emit searched(search_->text(), favourites_->isChecked());
}

void StripPanel::beginSearch() {
    head_->show();
    search_->setFocus();
    search_->selectAll();
}

void StripPanel::endSearch() {
    search_->clear();
    favourites_->setChecked(false);
    head_->hide();
    strip_.setFocus();
}

bool StripPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        if (static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
            event->accept(); // the search ends, not the clip that is made
            return true;
        }
    } else if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape) {
            endSearch();
            return true;
        }
        if (watched != search_) {
            return QWidget::eventFilter(watched, event);
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Down) {
            strip_.setFocus();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace rushes::ui
