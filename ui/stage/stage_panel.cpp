#include "stage/stage_panel.h"

#include "controls/basic.h"
#include "stage/first_steps.h"
#include "stage/likeness_curve.h"
#include "stage/progress_line.h"
#include "stage/prompt_lane.h"
#include "stage/stage_view.h"
#include "stage/transport_bar.h"

#include <algorithm>

#include <QEvent>
#include <QVBoxLayout>

namespace rushes::ui {

StagePanel::StagePanel(Player::Now now, QWidget* parent)
    : QWidget(parent),
      player_(std::move(now)),
      progress_(new ProgressLine),
      error_place_(new QWidget),
      error_(new ErrorCard),
      view_(new StageView),
      first_steps_(new FirstSteps(view_)),
      likeness_(new LikenessCurve),
      prompts_(new PromptLane),
      transport_(new TransportBar(player_)) {
    setRole(this, "stage");
    auto* place = new QVBoxLayout(error_place_);
    place->setContentsMargins(size::space4, size::space2, size::space4, 0);
    place->addWidget(error_);
    error_place_->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(progress_);
    column->addWidget(error_place_);
    column->addWidget(view_, 1);
    column->addWidget(likeness_);
    column->addWidget(prompts_);
    column->addWidget(transport_);

    setMaking(false);
    first_steps_->hide();
    view_->installEventFilter(this);
    connect(error_, &ErrorCard::dismissed, this, &StagePanel::dismissError);
    connect(&player_, &Player::pictureChanged, this, [this] {
        view_->setPicture(player_.picture());
        likeness_->setPosition(static_cast<int>(player_.clock().index()));
        placeFirstSteps();
    });
    connect(&player_, &Player::clipChanged, this, [this] {
        const auto& clip = player_.clip();
        view_->setShape(clip ? QSize(clip->shape().width, clip->shape().height) : QSize());
    });
    connect(&player_, &Player::otherChanged, this, [this] {
        const auto& other = player_.other();
        view_->setOther(
            player_.otherPicture(), other ? QSize(other->shape().width, other->shape().height) : QSize()
        );
    });
    connect(prompts_, &PromptLane::chosen, this, [this](int frame) { player_.seek(frame); });
    connect(likeness_, &LikenessCurve::chosen, this, [this](int frame) { player_.seek(frame); });
    connect(view_, &StageView::clicked, &player_, &Player::togglePlay);
}

void StagePanel::setMaking(bool making) {
    if (making) {
        view_->setHint(tr("The clip is being made"), tr("It moves here after the first step."));
    } else {
        view_->setHint(tr("Describe a clip and press Generate"), tr("It moves here while it is being made."));
    }
}

void StagePanel::setFirstSteps(bool shown) {
    first_steps_wanted_ = shown;
    placeFirstSteps();
}

void StagePanel::placeFirstSteps() {
    first_steps_->setVisible(first_steps_wanted_ && view_->picture().isNull());
    if (first_steps_->isHidden()) {
        view_->setHintLift(0);
        return;
    }
    // Both together in the middle.
    const int width = std::min(view_->width() - 2 * size::space4, size::palette_width);
    first_steps_->fitInto({width, view_->height() - 4 * size::control_small - size::space3});
    view_->setHintLift((first_steps_->heightForWidth(width) + size::space3) / 2);
    const int top = view_->hintBottom() + size::space3;
    first_steps_->setGeometry((view_->width() - width) / 2, top, width, std::max(0, view_->height() - top));
}

bool StagePanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == view_ && event->type() == QEvent::Resize) {
        placeFirstSteps();
    }
    return QWidget::eventFilter(watched, event);
}

void StagePanel::showError(const Error& error, const std::vector<CardLever>& levers, const QString& details) {
    error_->showFailure(error, levers, details);
    progress_->setVisible(progress_->busy());
    error_place_->show();
}

void StagePanel::dismissError() {
    error_place_->hide();
    progress_->show();
}

} // namespace rushes::ui
