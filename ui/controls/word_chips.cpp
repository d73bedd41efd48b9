#include "controls/word_chips.h"

#include "controls/basic.h"
#include "controls/flow_layout.h"

#include <algorithm>

namespace rushes::ui {

namespace {

constexpr qsizetype most_chips = 12;

} // namespace

WordChips::WordChips(QWidget* parent) : QWidget(parent), row_(new FlowLayout(size::space2 - 2, this)) {
    setNames(this, QStringLiteral("known-words"), tr("Words that this model knows"));
}

void WordChips::setOffer(const WordOffer& offer) {
    const bool same = offer.words == offer_.words;
    offer_ = offer;
    if (same) {
        return; // the chips stay under the mouse while one types
    }
    while (QLayoutItem* item = row_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item; // takeAt() hands it over
    }
    for (const QString& word : offer.words.mid(0, most_chips)) {
        auto* chip = new QPushButton(word);
        setRole(chip, "chip");
        QString id = word;
        setNames(
            chip,
            QStringLiteral("word-") + id.replace(QLatin1Char(' '), QLatin1Char('-')),
            tr("Use the word: %1").arg(word)
        );
        chip->setMinimumWidth(0);
        connect(chip, &QPushButton::clicked, this, [this, word] { emit chosen(offer_.unknown, word); });
        row_->addWidget(chip);
    }
}

} // namespace rushes::ui
