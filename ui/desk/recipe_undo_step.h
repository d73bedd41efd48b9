// One step of the settings' undo list. Changes of one field within one gesture are one step.
#pragma once

#include "controls/recipe_panel.h"
#include "desk/desk.h"

#include <QUndoCommand>

namespace rushes::ui {

class RecipeUndoStep : public QUndoCommand {
public:
    RecipeUndoStep(Desk& desk, Recipe before, Recipe after, RecipeEdit edit, const QString& text)
        : QUndoCommand(text),
          desk_(desk),
          before_(std::move(before)),
          after_(std::move(after)),
          edit_(std::move(edit)) {}

    int id() const override { return 1; }

    bool mergeWith(const QUndoCommand* other) override {
        const auto* next = static_cast<const RecipeUndoStep*>(other);
        if (next->edit_.field != edit_.field || next->edit_.gesture != edit_.gesture) {
            return false;
        }
        after_ = next->after_;
        setObsolete(after_ == before_);
        return true;
    }

    void undo() override { desk_.applyRecipe(before_); }

    void redo() override { desk_.applyRecipe(after_); }

private:
    Desk& desk_;
    const Recipe before_;
    Recipe after_;
    const RecipeEdit edit_;
};

} // namespace rushes::ui
