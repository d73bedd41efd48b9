// The middle of the window: progress or error, picture, transport. Only assembles.
#pragma once

#include "stage/error_card.h"
#include "stage/player.h"

#include <QWidget>

namespace rushes::ui {

class FirstSteps;
class LikenessCurve;
class PromptLane;
class ProgressLine;
class StageView;
class TransportBar;

class StagePanel : public QWidget {
    Q_OBJECT

public:
    explicit StagePanel(Player::Now now, QWidget* parent = nullptr);

    Player& player() { return player_; }

    StageView& view() { return *view_; }

    ProgressLine& progress() { return *progress_; }

    /// Between picture and transport, while two clips are compared.
    LikenessCurve& likeness() { return *likeness_; }

    /// Which prompt made which seconds, where there are several.
    PromptLane& prompts() { return *prompts_; }

    TransportBar& transport() { return *transport_; }

    ErrorCard& error() { return *error_; }

    FirstSteps& firstSteps() { return *first_steps_; }

    /// While there is no clip at all.
    void setFirstSteps(bool shown);

    /// What the empty stage says: how to begin, or that a clip is on its way.
    void setMaking(bool making);

    /// In the place of the progress; below it while a clip is being made.
    void
    showError(const Error& error, const std::vector<CardLever>& levers = {}, const QString& details = {});
    void dismissError();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void placeFirstSteps();

    Player player_;
    ProgressLine* progress_;
    QWidget* error_place_;
    ErrorCard* error_;
    StageView* view_;
    FirstSteps* first_steps_; ///< below the hint of the empty view
    bool first_steps_wanted_ = false;
    LikenessCurve* likeness_;
    PromptLane* prompts_;
    TransportBar* transport_;
};

} // namespace rushes::ui
