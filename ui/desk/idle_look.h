// While nothing is computed and somebody writes: a first look at what the settings would make, beside the
// Generate button. An option. It gives way to every clip, and the clip that is then made of these very
// settings goes on from it.
#pragma once

#include "session/sketches.h"

#include <optional>
#include <string>
#include <utility>

#include <QObject>
#include <QTimer>

class QLabel;
class QWidget;

namespace rushes::ui {

class RecipePanel;
class SeedDesk;
class StudioSession;

class IdleLook : public QObject {
    Q_OBJECT

public:
    IdleLook(StudioSession& session, RecipePanel& panel, SeedDesk& seeds, QObject* parent = nullptr);

    void setOn(bool on);
    /// The picture stands still.
    void setCalm(bool calm);

    /// The recipe and the job that go on with what is computed of it; none: nothing is.
    std::optional<std::pair<Recipe, std::string>> takeOver(const Recipe& recipe);

private:
    void wait();
    void draw();
    void give();
    void showPicture();

    StudioSession& session_;
    RecipePanel& panel_;
    SeedDesk& seeds_;
    Sketches sketches_;
    std::optional<Recipe> drawn_; ///< what the look is of, as the panel had it
    std::optional<Recipe> made_;  ///< what the last clip is of: a look would show nothing new
    QWidget* row_;
    QLabel* picture_;
    QLabel* words_;
    QTimer pause_; ///< somebody writes until it ends
    QTimer clock_;
    int frame_ = 0;
    bool on_ = false;
    bool calm_ = false;
};

} // namespace rushes::ui
