#include "desk/model_notice.h"

#include "controls/basic.h"
#include "controls/choices.h"
#include "convert.h"
#include "theme/icons.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr int wide_enough = 900;

/// "A, B and C".
QString listed(QStringList names) {
    const QString last = names.takeLast();
    return names.isEmpty() ? last
                           : names.join(QCoreApplication::translate("ModelNotice", ", ")) +
                                 QCoreApplication::translate("ModelNotice", " and ") + last;
}

} // namespace

QString largerModelsText(const std::vector<PublishedModel>& published, std::uint64_t memory) {
    QStringList fitting;
    for (const PublishedModel& model : published) {
        if (model.fits(memory)) {
            fitting << toQString(model.name);
        }
    }
    if (!fitting.isEmpty()) {
        return QCoreApplication::translate(
                   "ModelNotice",
                   "This is a demonstration model. The %1 of memory of this machine are enough for %2."
        )
            .arg(bytesText(memory), listed(fitting));
    }
    if (!published.empty() && memory > 0) {
        return QCoreApplication::translate(
                   "ModelNotice",
                   "This is a demonstration model. Larger ones are folders in the Hugging Face diffusers "
                   "layout; %1 takes %2 of memory, and this machine has %3."
        )
            .arg(
                toQString(published.front().name),
                bytesText(published.front().memory_bytes),
                bytesText(memory)
            );
    }
    return QCoreApplication::translate(
        "ModelNotice",
        "This is a demonstration model. A larger one is a folder in the Hugging Face diffusers layout."
    );
}

ModelNotice::ModelNotice(const std::vector<PublishedModel>& published, std::uint64_t memory, QWidget* parent)
    : QWidget(parent),
      whole_(new QWidget),
      link_(linkButton(QStringLiteral("notice-unfold"), tr("Larger models…"))) {
    setNames(this, QStringLiteral("model-notice"), tr("About larger models"));
    setRole(whole_, "card");
    whole_->setAttribute(Qt::WA_StyledBackground);
    auto* words = new QLabel(largerModelsText(published, memory));
    setRole(words, "dim");
    words->setWordWrap(true);
    setAccessibleDescription(words->text());
    auto* add = new QPushButton(tr("Add a model folder…"));
    setNames(add, QStringLiteral("notice-add-model"), tr("Add a model folder"));
    add->setToolTip(tr("The folder with model_index.json in it; nothing is copied"));
    add->setFocusPolicy(Qt::TabFocus);
    auto* where = new QPushButton(tr("Where to get one…"));
    setNames(where, QStringLiteral("notice-where"), tr("Pages of published models"));
    where->setFocusPolicy(Qt::TabFocus);
    auto* pages = new QMenu(where);
    for (const PublishedModel& model : published) {
        pages->addAction(
            tr("%1, takes %2 of memory").arg(toQString(model.name), bytesText(model.memory_bytes)),
            this,
            [this, repository = toQString(model.repository)] { emit pageRequested(repository); }
        );
    }
    pages->setObjectName(QStringLiteral("notice-pages"));
    connect(where, &QPushButton::clicked, pages, [where, pages] {
        pages->popup(where->mapToGlobal(QPoint(0, where->height() + size::space1)));
    });
    where->setVisible(!published.empty());
    auto* close = new QToolButton;
    close->setIcon(icon(QStringLiteral("close")));
    close->setToolTip(tr("Don't show this again"));
    setNames(close, QStringLiteral("notice-dismiss"), tr("Don't show this again"));
    close->setFocusPolicy(Qt::TabFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(whole_);
    column->addWidget(link_, 0, Qt::AlignLeft);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(size::space2);
    buttons->addWidget(where);
    buttons->addWidget(add);
    buttons->addStretch();
    beside_ = new QBoxLayout(QBoxLayout::LeftToRight);
    beside_->setSpacing(size::space2);
    beside_->addWidget(words, 1);
    beside_->addLayout(buttons);
    auto* row = new QHBoxLayout(whole_);
    row->setContentsMargins(size::space3, size::space2, size::space2, size::space2);
    row->setSpacing(size::space2);
    row->addLayout(beside_, 1);
    row->addWidget(close, 0, Qt::AlignTop);
    connect(add, &QPushButton::clicked, this, &ModelNotice::addRequested);
    connect(close, &QToolButton::clicked, this, &ModelNotice::dismissed);
    connect(qobject_cast<QPushButton*>(link_), &QPushButton::clicked, this, [this] { fold(false); });
    fold(false);
    hide();
}

/// Words beside two buttons become a narrow column: then they stand above them.
void ModelNotice::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    beside_->setDirection(width() < wide_enough ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void ModelNotice::fold(bool folded) {
    whole_->setVisible(!folded);
    link_->setVisible(folded);
}

} // namespace rushes::ui
