// The middle of the window: progress or error, picture, transport. Only assembles.
#pragma once

#include "stage/player.h"

#include <QWidget>

namespace rushes::ui {

class ErrorCard;
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

    TransportBar& transport() { return *transport_; }

    ErrorCard& error() { return *error_; }

    void showError(
        const Error& error,
        const QString& lever = {},
        std::function<void()> pull = {},
        const QString& details = {}
    );
    void dismissError();

private:
    Player player_;
    ProgressLine* progress_;
    QWidget* error_place_;
    ErrorCard* error_;
    StageView* view_;
    TransportBar* transport_;
};

} // namespace rushes::ui
