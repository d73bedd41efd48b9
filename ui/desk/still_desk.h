// A still first: from the prompt to a few stills, and from the chosen one to the picture that the clip begins
// with.
#pragma once

#include "desk/desk_panels.h"
#include "generation/recipe.h"

#include <set>
#include <string>

#include <QObject>

namespace rushes::ui {

class InputDesk;
class SeedDesk;
class StudioSession;
struct RunEnd;

class StillDesk : public QObject {
    Q_OBJECT

public:
    StillDesk(
        StudioSession& session,
        DeskPanels panels,
        SeedDesk& seeds,
        InputDesk& inputs,
        QObject* parent = nullptr
    );

signals:
    /// A still to be made in full, as SeedDesk::clipWanted().
    void clipWanted(const rushes::Recipe& recipe, const std::string& job);

private:
    void open(const std::string& model);
    void end(const RunEnd& end);

    StudioSession& session_;
    DeskPanels panels_;
    SeedDesk& seeds_;
    InputDesk& inputs_;
    std::set<std::string> jobs_; ///< stills that were chosen and are not made yet
};

} // namespace rushes::ui
