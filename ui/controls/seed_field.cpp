#include "controls/seed_field.h"

#include "controls/basic.h"
#include "controls/choices.h"
#include "theme/icons.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QRandomGenerator>
#include <QStyle>
#include <QToolButton>

namespace rushes::ui {

SeedField::SeedField(QWidget* parent)
    : QWidget(parent),
      edit_(new QLineEdit),
      dice_(new QToolButton),
      new_each_time_(new QCheckBox(tr("New seed each time"))) {
    setRole(this, "field");
    setFixedHeight(size::control + 2);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(size::space3, 0, size::space1, 0);
    row->setSpacing(0);
    setRole(edit_, "bare");
    setNames(edit_, QStringLiteral("seed"), tr("Seed"));
    edit_->setToolTip(
        tr("The number that the noise begins with: the same settings and seed give the same clip. "
           "No effect on the time.")
    );
    edit_->installEventFilter(this);
    dice_->setIcon(icon(QStringLiteral("dice")));
    setNames(dice_, QStringLiteral("seed-dice"), tr("Another random seed"));
    dice_->setToolTip(tr("Another random seed"));
    dice_->setFocusPolicy(Qt::StrongFocus);
    setNames(new_each_time_, QStringLiteral("seed-new"), new_each_time_->text());
    new_each_time_->setToolTip(
        tr("Each clip is made with the seed that stands here; then another one takes its place.")
    );
    row->addWidget(edit_, 1);
    row->addWidget(dice_);
    connect(edit_, &QLineEdit::editingFinished, this, &SeedField::takeText);
    connect(dice_, &QToolButton::clicked, this, [this] { emit edited(randomSeed()); });
}

void SeedField::showSeed(std::uint64_t seed) {
    seed_ = seed;
    edit_->setText(groupedNumber(seed));
}

std::uint64_t SeedField::randomSeed() {
    return QRandomGenerator::global()->bounded(10'000'000u); // seven digits can be read aloud and typed again
}

bool SeedField::eventFilter(QObject* watched, QEvent* event) {
    if (watched == edit_ && (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)) {
        setProperty("focused", event->type() == QEvent::FocusIn);
        style()->unpolish(this);
        style()->polish(this);
    }
    return QWidget::eventFilter(watched, event);
}

void SeedField::takeText() {
    QString digits;
    for (const QChar c : edit_->text()) {
        if (c >= QLatin1Char('0') && c <= QLatin1Char('9')) {
            digits += c;
        }
    }
    bool valid = false;
    const std::uint64_t seed = digits.toULongLong(&valid);
    if (valid && seed != seed_) {
        emit edited(seed);
    } else {
        showSeed(seed_);
    }
}

} // namespace rushes::ui
