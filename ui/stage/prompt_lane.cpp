#include "stage/prompt_lane.h"

#include "controls/basic.h"
#include "theme/theme.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QToolTip>

namespace rushes::ui {

/// The drawn part.
class PromptStretches : public QWidget {
public:
    explicit PromptStretches(PromptLane& lane) : lane_(lane) {
        setNames(this, QStringLiteral("prompt-stretches"), PromptLane::tr("Which prompt made which seconds"));
        setFixedHeight(size::timeline);
    }

    QRect placeOf(std::size_t index) const {
        const auto& prompts = lane_.prompts();
        const auto& all = prompts.stretches;
        const auto x = [&](int frame) { return width() * frame / std::max(1, prompts.frames); };
        const int end = index + 1 < all.size() ? all[index + 1].frame : prompts.frames;
        return {x(all[index].frame), 0, x(end) - x(all[index].frame), height()};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Tokens& t = tokens();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setFont(valueFont());
        for (std::size_t i = 0; i < lane_.prompts().stretches.size(); ++i) {
            const QRectF box = QRectF(placeOf(i)).adjusted(0.5, 0.5, -1.5, -0.5);
            painter.setPen(QPen(t.line, size::hairline));
            painter.setBrush(i % 2 == 0 ? t.field : t.raised);
            painter.drawRoundedRect(box, size::radius_small, size::radius_small);
            const QRectF words = box.adjusted(size::space2, 0, -size::space2, 0);
            painter.setPen(t.text2);
            painter.drawText(
                words,
                Qt::AlignLeft | Qt::AlignVCenter,
                painter.fontMetrics().elidedText(
                    lane_.prompts().stretches[i].prompt.simplified(),
                    Qt::ElideRight,
                    static_cast<int>(words.width())
                )
            );
        }
    }

    void mousePressEvent(QMouseEvent* event) override {
        if (const int i = at(event->pos()); event->button() == Qt::LeftButton && i >= 0) {
            emit lane_.chosen(lane_.prompts().stretches[static_cast<std::size_t>(i)].frame);
        }
    }

    bool event(QEvent* event) override {
        if (event->type() == QEvent::ToolTip) {
            const auto* help = static_cast<QHelpEvent*>(event);
            const int i = at(help->pos());
            const QString words =
                i >= 0 ? lane_.prompts().stretches[static_cast<std::size_t>(i)].prompt : QString();
            QToolTip::showText(help->globalPos(), words.toHtmlEscaped(), this);
            return true;
        }
        return QWidget::event(event);
    }

private:
    int at(const QPoint& place) const {
        for (std::size_t i = 0; i < lane_.prompts().stretches.size(); ++i) {
            if (placeOf(i).contains(place)) {
                return static_cast<int>(i);
            }
        }
        return -1;
    }

    PromptLane& lane_;
};

PromptLane::PromptLane(QWidget* parent)
    : QWidget(parent), stretches_(new PromptStretches(*this)), steer_(new QPushButton(tr("Steer"))) {
    setRole(this, "stage");
    setNames(this, QStringLiteral("prompt-lane"), tr("Prompts of the clip"));
    setNames(steer_, QStringLiteral("steer"), tr("Change the prompt of the clip that is being made"));
    steer_->setToolTip(tr("The prompt as it stands takes over at the next block"));
    steer_->setFocusPolicy(Qt::TabFocus);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(size::space4, 0, size::space4, 0);
    row->setSpacing(size::space2);
    row->addWidget(stretches_, 1);
    row->addWidget(steer_);
    connect(steer_, &QPushButton::clicked, this, &PromptLane::steerClicked);
    hide();
}

void PromptLane::setPrompts(const Prompts& prompts) {
    if (prompts == prompts_) {
        return;
    }
    prompts_ = prompts;
    steer_->setVisible(prompts.steerable);
    setVisible(prompts.steerable || prompts.stretches.size() > 1);
    stretches_->setAccessibleDescription(words());
    stretches_->update();
}

QRect PromptLane::placeOf(std::size_t stretch) const {
    return stretches_->placeOf(stretch).translated(stretches_->pos());
}

QString PromptLane::words() const {
    QStringList lines;
    for (const Stretch& stretch : prompts_.stretches) {
        lines << tr("From %1 s: %2")
                     .arg(QLocale().toString(stretch.frame / prompts_.frame_rate, 'f', 1))
                     .arg(stretch.prompt);
    }
    if (!prompts_.wished.isEmpty()) {
        lines << tr("From the next block on: %1").arg(prompts_.wished);
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace rushes::ui
