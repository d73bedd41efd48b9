// Prompts that change on the way: steers the clip that is being made, goes another way from a frame of the
// one on the stage, and keeps the lane below the picture that says which prompt made which seconds.
#pragma once

#include "desk/desk_panels.h"
#include "generation/recipe.h"

#include <optional>
#include <string>
#include <vector>

#include <QObject>

namespace rushes::ui {

class ClipDesk;
class StudioSession;

class SteerDesk : public QObject {
    Q_OBJECT

public:
    SteerDesk(StudioSession& session, DeskPanels panels, ClipDesk& clips, QObject* parent = nullptr);

    /// The prompt of the panel takes over at the next block.
    void steer();

    /// Clips that are the one on the stage up to the frame that is seen, and then what the panel's prompt
    /// says: of each of its alternatives. Of a model that makes its clip in one piece, up to a step, which it
    /// asks for; the panel's guidance counts too.
    void goAnotherWay();

signals:
    void clipWanted(const rushes::Recipe& recipe);

private:
    std::optional<Recipe> onStage() const;
    std::vector<std::string> prompts();
    bool changes(const Recipe& recipe) const;
    void askForStep(const Recipe& recipe);
    void partAtStep(const Recipe& recipe, int steps);
    void showLane();

    StudioSession& session_;
    DeskPanels panels_;
    ClipDesk& clips_;
};

} // namespace rushes::ui
