#include "shell/model_notice.h"

#include "controls/basic.h"
#include "theme/icons.h"

#include <QHBoxLayout>
#include <QToolButton>

namespace rushes::ui {

ModelNotice::ModelNotice(QWidget* parent) : QWidget(parent) {
    setRole(this, "card");
    setNames(this, QStringLiteral("model-notice"), tr("About larger models"));
    auto* words = new QLabel(
        tr("This is a demonstration model. A larger one is a folder in the Hugging Face diffusers layout.")
    );
    setRole(words, "dim");
    words->setWordWrap(true);
    setAccessibleDescription(words->text());
    auto* add = new QPushButton(tr("Add a model folder…"));
    setNames(add, QStringLiteral("notice-add-model"), tr("Add a model folder"));
    add->setToolTip(tr("The folder with model_index.json in it; nothing is copied"));
    add->setFocusPolicy(Qt::TabFocus);
    auto* close = new QToolButton;
    close->setIcon(icon(QStringLiteral("close")));
    close->setToolTip(tr("Don't show this again"));
    setNames(close, QStringLiteral("notice-dismiss"), tr("Don't show this again"));
    close->setFocusPolicy(Qt::TabFocus);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(size::space3, size::space2, size::space2, size::space2);
    row->setSpacing(size::space2);
    row->addWidget(words, 1);
    row->addWidget(add);
    row->addWidget(close);
    connect(add, &QPushButton::clicked, this, &ModelNotice::addRequested);
    connect(close, &QToolButton::clicked, this, &ModelNotice::dismissed);
    hide();
}

} // namespace rushes::ui
