#include "desk/step_dialog.h"

#include "controls/basic.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>

namespace rushes::ui {

StepDialog::StepDialog(int steps, const QString& change, QWidget* parent)
    : QDialog(parent), slider_(new QSlider(Qt::Horizontal)) {
    setWindowTitle(tr("Another way"));
    setObjectName(QStringLiteral("step-dialog"));
    auto* column = new QVBoxLayout(this);
    auto* words = new QLabel(
        tr("The clip is the same up to a step, and then: %1").arg(change) + QLatin1Char('\n') +
        tr("The later the step, the more stays as it was.")
    );
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    column->addWidget(words);
    auto* row = new QHBoxLayout;
    auto* number = new QSpinBox;
    setNames(slider_, QStringLiteral("step-slider"), tr("Steps that stay"));
    setNames(number, QStringLiteral("step-number"), tr("Steps that stay"));
    slider_->setRange(1, steps - 1);
    slider_->setPageStep(qMax(1, steps / 5));
    number->setRange(1, steps - 1);
    number->setSuffix(tr(" of %1 steps").arg(steps));
    connect(slider_, &QSlider::valueChanged, number, &QSpinBox::setValue);
    connect(number, &QSpinBox::valueChanged, slider_, &QSlider::setValue);
    slider_->setValue(qMax(1, steps / 3)); // where the composition stands and details are open
    row->addWidget(slider_, 1);
    row->addWidget(number);
    column->addLayout(row);
    QPushButton* const go = addGoOrCancel(*this, QStringLiteral("step"), tr("Go"));
    go->setAccessibleName(tr("Go another way from this step"));
}

int StepDialog::steps() const {
    return slider_->value();
}

} // namespace rushes::ui
