#include "controls/seed_field.h"

#include "controls/basic.h"
#include "controls/choices.h"
#include "theme/icons.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QRandomGenerator>
#include <QStyle>
#include <QToolButton>

namespace rushes::ui {

SeedField::SeedField(QWidget* parent)
    : QWidget(parent), edit_(new QLineEdit), dice_(new QToolButton), lock_(new QToolButton) {
    setRole(this, "field");
    setFixedHeight(size::control + 2);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(size::space3, 0, size::space1, 0);
    row->setSpacing(0);
    setRole(edit_, "bare");
    setNames(edit_, QStringLiteral("seed"), tr("Seed"));
    edit_->installEventFilter(this);
    dice_->setIcon(icon(QStringLiteral("dice")));
    setNames(dice_, QStringLiteral("seed-dice"), tr("Another random seed"));
    dice_->setToolTip(tr("Another random seed"));
    setNames(lock_, QStringLiteral("seed-lock"), tr("Keep the seed"));
    lock_->setCheckable(true);
    for (QToolButton* button : {dice_, lock_}) {
        button->setFocusPolicy(Qt::StrongFocus);
    }
    row->addWidget(edit_, 1);
    row->addWidget(dice_);
    row->addWidget(lock_);
    connect(edit_, &QLineEdit::editingFinished, this, &SeedField::takeText);
    connect(dice_, &QToolButton::clicked, this, [this] { emit edited(randomSeed()); });
    connect(lock_, &QToolButton::toggled, this, [this](bool on) {
        showLock();
        emit lockChanged(on);
    });
    showLock();
}

void SeedField::showSeed(std::uint64_t seed) {
    seed_ = seed;
    edit_->setText(groupedNumber(seed));
}

bool SeedField::locked() const {
    return lock_->isChecked();
}

void SeedField::setLocked(bool locked) {
    lock_->setChecked(locked);
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

void SeedField::showLock() {
    lock_->setIcon(icon(lock_->isChecked() ? QStringLiteral("lock") : QStringLiteral("unlock")));
    lock_->setToolTip(
        lock_->isChecked() ? tr("The seed stays: the same settings give the same clip")
                           : tr("Every clip gets another seed. Click to keep this one")
    );
}

} // namespace rushes::ui
