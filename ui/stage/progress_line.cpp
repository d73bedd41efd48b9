#include "stage/progress_line.h"

#include "controls/basic.h"
#include "controls/choices.h"
#include "theme/theme.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace rushes::ui {

namespace {

QString tr2(const char* text) {
    return QCoreApplication::translate("Progress", text);
}

/// "Generating" on its tinted pill.
class Pill : public QLabel {
public:
    using QLabel::QLabel;

    QSize sizeHint() const override { return QLabel::sizeHint() + QSize(2 * size::space2 + 4, size::space2); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(tokens().accent_dim);
        painter.drawRoundedRect(rect(), height() / 2.0, height() / 2.0);
        painter.setPen(tokens().accent_text);
        painter.setFont(labelFont(QFont::DemiBold));
        painter.drawText(rect(), Qt::AlignCenter, text());
    }
};

} // namespace

QString phaseWords(const Progress& progress) {
    QString words;
    switch (progress.phase) {
    case Phase::loading:
        words = tr2("Loading model");
        break;
    case Phase::text:
        words = progress.text_read > 0 ? tr2("Reading prompt %1 %").arg(std::lround(progress.text_read * 100))
                                       : tr2("Reading prompt");
        break;
    case Phase::encoding:
        words = tr2("Reading pictures %1 %").arg(std::lround(progress.encoded * 100));
        break;
    case Phase::denoising:
        words = progress.blocks > 1
                    ? tr2("Block %1 of %2").arg(std::max(1, progress.block)).arg(progress.blocks)
                    : tr2("Step %1 of %2").arg(std::max(1, progress.step)).arg(progress.steps);
        break;
    case Phase::decoding:
        // Block by block both go on in turns: the block says more than a word that changes all the time.
        words = progress.blocks > 1
                    ? tr2("Block %1 of %2").arg(std::max(1, progress.block)).arg(progress.blocks)
                    : tr2("Decoding");
        break;
    case Phase::finishing:
        words = tr2("Writing file");
        break;
    }
    return progress.draft ? tr2("Draft") + QStringLiteral(" · ") + words : words;
}

TwoPartBar::TwoPartBar(QWidget* parent) : QWidget(parent) {
    setNames(this, QStringLiteral("progress-bar"), tr("Progress"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFixedHeight(size::groove);
    setMinimumWidth(size::space4 * 3);
}

void TwoPartBar::setParts(double solid, double dim) {
    solid_ = std::clamp(solid, 0.0, 1.0);
    dim_ = std::clamp(dim, solid_, 1.0);
    update();
}

void TwoPartBar::paintEvent(QPaintEvent*) {
    const Tokens& t = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double radius = height() / 2.0;
    const auto part = [&](double fraction, const QColor& colour) {
        painter.setBrush(colour);
        painter.drawRoundedRect(QRectF(0, 0, width() * fraction, height()), radius, radius);
    };
    part(1, t.raised);
    if (dim_ > 0) {
        QColor dim = t.accent;
        dim.setAlphaF(0.45f);
        part(dim_, dim);
    }
    if (solid_ > 0) {
        part(solid_, t.accent);
    }
}

ProgressLine::ProgressLine(QWidget* parent)
    : QWidget(parent),
      pill_(new Pill(tr("Generating"))),
      words_(new QLabel),
      bar_(new TwoPartBar),
      rate_(new FigureLabel),
      left_(new FigureLabel),
      stop_(new QPushButton) {
    setRole(this, "stage");
    setNames(this, QStringLiteral("progress-line"), tr("Progress of the running clip"));
    setFixedHeight(size::bar);
    pill_->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    pill_->setFont(labelFont(QFont::DemiBold));
    words_->setObjectName(QStringLiteral("phase-words"));
    setRole(words_, "value");
    rate_->setObjectName(QStringLiteral("frame-rate"));
    left_->setObjectName(QStringLiteral("time-left"));
    rate_->reserve(QStringLiteral("00 fps"));
    left_->reserve(tr("00 s left"));
    setNames(stop_, QStringLiteral("stop"), tr("Stop and keep what exists"));
    stop_->setFocusPolicy(Qt::TabFocus);
    setStopKeys({});
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(size::space4, 0, size::space4, 0);
    row->setSpacing(size::space3);
    row->addWidget(pill_);
    row->addWidget(words_);
    row->addWidget(bar_, 1);
    row->addWidget(rate_);
    row->addWidget(left_);
    row->addWidget(stop_);
    connect(stop_, &QPushButton::clicked, this, &ProgressLine::stopClicked);
    showBusy(false);
}

void ProgressLine::setStopKeys(const QString& keys) {
    stop_keys_ = keys;
    stop_->setToolTip(withKeys(tr("Stop and keep what exists"), keys));
    arrange();
}

/// In a narrow window what can be missed goes before anything is cut.
void ProgressLine::arrange() {
    const bool narrow = width() < size::stage_narrow;
    for (QWidget* part : std::initializer_list<QWidget*>{bar_, left_, stop_}) {
        part->setVisible(busy_);
    }
    pill_->setVisible(busy_ && !narrow);
    rate_->setVisible(busy_ && !narrow);
    stop_->setText(stop_keys_.isEmpty() || narrow ? tr("Stop") : tr("Stop   %1").arg(stop_keys_));
}

void ProgressLine::showBusy(bool busy) {
    busy_ = busy;
    arrange();
    words_->setSizePolicy(busy ? QSizePolicy::Minimum : QSizePolicy::Ignored, QSizePolicy::Preferred);
    setRole(words_, busy ? "value" : "dim");
}

void ProgressLine::begin() {
    bar_->setParts(0, 0);
    rate_->setText({});
    left_->setText({});
    stop_->setEnabled(true);
    full_words_ = tr("Waiting for the engine");
    words_->setText(full_words_);
    showBusy(true);
}

void ProgressLine::showProgress(const Progress& progress) {
    full_words_ = phaseWords(progress);
    words_->setText(full_words_);
    words_->setMinimumWidth(std::max(words_->minimumWidth(), words_->sizeHint().width())
    ); // the bar must not shake
    if (progress.phase == Phase::finishing) {
        bar_->setParts(1, 1);
    } else if (progress.draft) {
        bar_->setParts(0, progress.fraction);
    } else {
        // What came before the final pass stays on the bar: it must not go back when that begins.
        bar_->setParts(progress.decoded, std::max(progress.denoised, progress.fraction));
    }
    bar_->setAccessibleDescription(tr("%1 percent").arg(static_cast<int>(progress.fraction * 100)));
    rate_->setText(
        progress.frame_rate > 0
            ? tr("%1 fps").arg(progress.frame_rate, 0, 'f', progress.frame_rate < 10 ? 1 : 0)
            : QString()
    );
    const double left = progress.seconds_left;
    left_->setText(left < 0 ? QString() : tr("%1 left").arg(timeText(left)));
}

void ProgressLine::showStopping() {
    full_words_ = tr("Stopping");
    words_->setText(full_words_);
    stop_->setEnabled(false);
}

void ProgressLine::idle(const QString& words) {
    words_->setMinimumWidth(0);
    showBusy(false);
    full_words_ = words;
    elideWords();
}

void ProgressLine::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
    if (!busy_) {
        elideWords();
    }
}

void ProgressLine::elideWords() {
    const int room = width() - 2 * size::space4;
    words_->setText(words_->fontMetrics().elidedText(full_words_, Qt::ElideRight, std::max(0, room)));
    words_->setToolTip(words_->text() == full_words_ ? QString() : full_words_);
}

} // namespace rushes::ui
