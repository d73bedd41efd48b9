#include "controls/fit_note.h"

#include "controls/basic.h"
#include "controls/flow_layout.h"
#include "theme/icons.h"
#include "theme/theme.h"

#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>

namespace rushes::ui {

FitNote::FitNote(QWidget* parent)
    : QWidget(parent),
      words_(new QLabel),
      buttons_(new QWidget),
      row_(new FlowLayout(size::space2, buttons_)) {
    setRole(this, "fitNote");
    setNames(this, QStringLiteral("fit-note"), tr("Whether the clip fits"));
    words_->setObjectName(QStringLiteral("fit-words"));
    words_->setWordWrap(true);
    words_->setTextFormat(Qt::PlainText);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        size::space3 + size::icon_small + size::space2, size::space2, size::space3, size::space2
    );
    column->setSpacing(size::space2);
    column->addWidget(words_);
    column->addWidget(buttons_);
    hide();
}

void FitNote::say(Tone tone, const QString& words, std::vector<FitLever> levers) {
    setProperty("tone", tone == Tone::bad ? QStringLiteral("bad") : QStringLiteral("tight"));
    style()->unpolish(this);
    style()->polish(this);
    tone_ = tone;
    words_->setText(words);
    setAccessibleDescription(words);
    while (QLayoutItem* item = row_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->setObjectName({}); // it goes in a while, another has the name at once
        item->widget()->deleteLater();
        delete item; // takeAt() hands it over
    }
    int index = 0;
    for (FitLever& lever : levers) {
        auto* button = new QPushButton(lever.words);
        setNames(button, QStringLiteral("fit-lever-%1").arg(index++), lever.words);
        button->setFocusPolicy(Qt::TabFocus);
        connect(button, &QPushButton::clicked, this, [pull = std::move(lever.pull)] { pull(); });
        row_->addWidget(button);
        button->show();
    }
    buttons_->setVisible(index > 0);
    show();
}

void FitNote::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF place(
        size::space3,
        words_->y() + (words_->fontMetrics().height() - size::icon_small) / 2.0,
        size::icon_small,
        size::icon_small
    );
    const bool bad = tone_ == Tone::bad;
    drawIcon(
        painter,
        bad ? QStringLiteral("error") : QStringLiteral("warn"),
        place,
        bad ? tokens().bad : tokens().warn
    );
}

QString FitNote::text() const {
    return isHidden() ? QString() : words_->text();
}

} // namespace rushes::ui
