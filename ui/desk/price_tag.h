// What the next clip will take, on the Generate button and beside each choice; above the button, that it
// would not fit and what helps. Asked for again, once in a turn of the event loop, when settings, models or
// learned speeds changed; the model of the settings is loaded meanwhile.
#pragma once

#include "controls/clip_cost.h"
#include "controls/fit_note.h"

#include <vector>

#include <QObject>
#include <QTimer>

namespace rushes {
class Error;
} // namespace rushes

namespace rushes::ui {

class RecipePanel;
class StudioSession;

class PriceTag : public QObject {
    Q_OBJECT

public:
    PriceTag(StudioSession& session, RecipePanel& panel, QObject* parent = nullptr);

    void refresh() { timer_.start(); }

signals:
    /// A lever was pulled; `done` says what is set now.
    void recipeWanted(const rushes::Recipe& recipe, const QString& done);
    void budgetWanted(int percent); ///< of the memory, for clips

private:
    void show();
    void showFit(const ClipCost& cost);
    void showImpossible(const Error& error);
    std::vector<FitLever> levers();

    StudioSession& session_;
    RecipePanel& panel_;
    QTimer timer_;
};

} // namespace rushes::ui
