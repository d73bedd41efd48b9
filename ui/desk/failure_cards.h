// A clip that failed, as a card with the settings that would help. A lever changes a control and starts
// nothing; only "Try again" does.
#pragma once

#include "controls/levers.h"

#include <vector>

#include <QObject>

namespace rushes {
class Error;
} // namespace rushes

namespace rushes::ui {

class RecipePanel;
class StagePanel;
class StudioSession;

class FailureCards : public QObject {
    Q_OBJECT

public:
    FailureCards(StudioSession& session, RecipePanel& panel, StagePanel& stage, QObject* parent = nullptr);

    /// `recipe` is what failed, or what could not be queued; `bytes` what it was thought to need (0:
    /// unknown).
    void show(const Error& error, const Recipe& recipe, std::uint64_t bytes = 0);

signals:
    /// `done` says what is set now.
    void recipeWanted(const rushes::Recipe& recipe, const QString& done);
    void folderWanted();
    void againWanted();

private:
    void pull(const RecipeLever& lever, const Recipe& failed);

    StudioSession& session_;
    RecipePanel& panel_;
    StagePanel& stage_;
};

} // namespace rushes::ui
