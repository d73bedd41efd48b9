#include "stage/error_card.h"

#include "base/error_words.h"
#include "controls/basic.h"
#include "controls/flow_layout.h"
#include "convert.h"
#include "theme/icons.h"
#include "theme/theme.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace rushes::ui {

ErrorCard::ErrorCard(QWidget* parent)
    : QWidget(parent),
      message_(new QLabel),
      hint_(new QLabel),
      levers_(new QWidget),
      lever_row_(new FlowLayout(size::space2, levers_)) {
    setRole(this, "errorCard");
    setNames(this, QStringLiteral("error-card"), tr("Error"));
    setFocusPolicy(Qt::StrongFocus);
    setRole(message_, "error");
    message_->setObjectName(QStringLiteral("error-message"));
    setRole(hint_, "dim");
    hint_->setObjectName(QStringLiteral("error-hint"));
    for (QLabel* label : {message_, hint_}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto* copy_button = new QPushButton(tr("Copy"));
    setNames(copy_button, QStringLiteral("error-copy"), tr("Copy the error"));
    copy_button->setIcon(icon(QStringLiteral("copy")));
    auto* close = new QToolButton;
    close->setIcon(icon(QStringLiteral("close")));
    close->setToolTip(tr("Dismiss"));
    setNames(close, QStringLiteral("error-dismiss"), tr("Dismiss"));
    close->setFocusPolicy(Qt::StrongFocus);

    auto* words = new QVBoxLayout;
    words->setSpacing(size::space1);
    words->addWidget(message_);
    words->addWidget(hint_);
    words->addWidget(levers_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(
        size::space4 + size::icon + size::space3, size::space3, size::space2, size::space3
    );
    row->setSpacing(size::space2);
    row->addLayout(words, 1);
    row->addWidget(copy_button, 0, Qt::AlignTop);
    row->addWidget(close, 0, Qt::AlignTop);
    connect(copy_button, &QPushButton::clicked, this, &ErrorCard::copy);
    connect(close, &QToolButton::clicked, this, &ErrorCard::dismissed);
}

void ErrorCard::setLevers(const std::vector<CardLever>& levers) {
    while (QLayoutItem* item = lever_row_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // it may be the one that was just pressed
        delete item;                   // takeAt() hands it over
    }
    for (const CardLever& lever : levers) {
        auto* button = new QPushButton(lever.words);
        setNames(button, QStringLiteral("error-lever-%1").arg(lever_row_->count()), lever.words);
        connect(button, &QPushButton::clicked, this, [pull = lever.pull] { pull(); });
        lever_row_->addWidget(button);
    }
    levers_->setVisible(!levers.empty());
}

void ErrorCard::showFailure(
    const Error& error, const std::vector<CardLever>& levers, const QString& details
) {
    message_->setText(QString::fromUtf8(error.what()));
    hint_->setText(toQString(error.hint()));
    hint_->setVisible(!error.hint().empty());
    setLevers(levers);
    details_ = QStringLiteral("Rushes %1 · %2")
                   .arg(QApplication::applicationVersion(), QLatin1String(kind_word(error.kind())));
    if (!details.isEmpty()) {
        details_ += QLatin1Char('\n') + details;
    }
    setAccessibleDescription(message_->text() + QLatin1Char(' ') + hint_->text());
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

QString ErrorCard::copyText() const {
    QStringList lines{message_->text()};
    if (!hint_->text().isEmpty()) {
        lines << hint_->text();
    }
    lines << details_;
    return lines.join(QLatin1Char('\n'));
}

void ErrorCard::copy() const {
    QApplication::clipboard()->setText(copyText());
}

void ErrorCard::paintEvent(QPaintEvent* event) {
    QWidget::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF place(size::space4, size::space3, size::icon, size::icon);
    drawIcon(painter, QStringLiteral("error"), place, tokens().bad);
}

} // namespace rushes::ui
