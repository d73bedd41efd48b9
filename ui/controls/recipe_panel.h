// The left panel, read from top to bottom as a sentence: what, how well, which shape, how long. Its state is
// one Recipe; every change by the user is reported as a new Recipe, and nothing changes unless showRecipe()
// says so.
#pragma once

#include "controls/choices.h"
#include "controls/clip_cost.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

#include <QElapsedTimer>
#include <QWidget>

class QBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace rushes::ui {

class AdvancedPanel;
class CalmSlider;
class ChoiceRow;
class FitNote;
class GenerateButton;
class LoraGroup;
class ModelPicker;
class PromptEdit;
class PromptGroup;
class SeedField;
class ShapePicker;

/// What was changed, for the undo list; changes of one field during one gesture are one step.
struct RecipeEdit {
    QString field; ///< a recipe's key, or the control that changes several: "shape", "duration", "tier"
    int gesture = 0;
};

inline constexpr const char* tier_ids[] = {"fast", "balanced", "quality"}; ///< of the buttons
inline constexpr int most_steps = 60;                                      ///< of the slider

class RecipePanel : public QWidget {
    Q_OBJECT

public:
    explicit RecipePanel(QWidget* parent = nullptr);

    /// `grammar`: known_word_groups() by the model's id.
    void setModels(
        const std::vector<ModelInfo>& models,
        const std::map<std::string, std::vector<WordGroup>>& grammar = {}
    );
    /// Shows a recipe made complete for its model (the first model when the recipe names none that is here).
    void showRecipe(const Recipe& recipe);

    const Recipe& recipe() const { return recipe_; }

    const ModelInfo* model() const { return choices_ ? &choices_->model() : nullptr; }

    const std::vector<ModelInfo>& models() const { return models_; }

    /// As when the person chose it: one undo step. Its own numbers come with it.
    void chooseModel(const std::string& id);

    Recipe completed(const Recipe& recipe) const;

    /// Settings with another model, whose own numbers come with it.
    Recipe withModel(const Recipe& recipe, const std::string& id) const;

    /// What belongs to the prompt, below it.
    void addUnderPrompt(QWidget* widget);
    void addAboveGenerate(QWidget* widget);

    /// As when the person chose them: one undo step.
    void chooseInputs(const std::vector<RecipeInput>& inputs);

    /// Another seed is wanted after every clip.
    bool newSeedEachTime() const;

    /// How much of the model's text encoder the prompt takes; none: it was not counted.
    void showPromptLength(const std::optional<PromptLength>& length);

    PromptEdit& prompt();

    /// Where the menu of presets opens.
    QPushButton& presets();

    /// Scrolls to the prompt too.
    void focusPrompt();

    SeedField& seed() { return *seed_; }

    LoraGroup& loras() { return *loras_; }

    AdvancedPanel& advanced() { return *advanced_; }

    GenerateButton& generate() { return *generate_; }

    /// What stands above the Generate button when the clip would not fit.
    FitNote& fitNote() { return *fit_note_; }

    /// Says that the settings are those of a clip in the queue.
    void setEditing(bool editing);

    /// What each choice would take, beside it; amber and red where it would not fit.
    void showCosts(const CostOf& cost);

signals:
    void shown(); ///< another recipe, or another model
    void edited(const rushes::Recipe& recipe, const rushes::ui::RecipeEdit& edit);
    void generateClicked();
    void editCancelled();
    void addModelClicked();
    void presetsClicked();

private:
    QWidget* makeEditNote();
    void makeHowWell(QBoxLayout& column);
    void makeHowLong(QBoxLayout& column);
    void connectControls();
    void change(const QString& field, const std::function<void(Recipe&)>& set);

    void newGesture() { ++gesture_; }

    bool sliding() const;
    void showModel();
    void typeDuration();
    void typeSteps();
    void showDurationCosts(const CostOf& cost);
    void showTierCosts(const CostOf& cost);
    void showHelpEffects(const CostOf& cost);
    void chooseTier(int index);

    std::vector<ModelInfo> models_;
    std::map<std::string, std::vector<WordGroup>> grammar_;
    std::optional<Choices> choices_;
    Recipe recipe_;
    int gesture_ = 0;
    QElapsedTimer since_change_;

    QScrollArea* scroll_;
    PromptGroup* what_;
    ChoiceRow* tiers_;
    ModelPicker* model_picker_;
    QLabel* model_note_;
    ShapePicker* shape_;
    QLineEdit* duration_text_; ///< can be typed into
    CalmSlider* duration_;
    QLineEdit* steps_text_;
    CalmSlider* steps_;
    SeedField* seed_;
    LoraGroup* loras_;
    AdvancedPanel* advanced_;
    QWidget* edit_note_;
    FitNote* fit_note_;
    GenerateButton* generate_;
    QVBoxLayout* bottom_; ///< what stays in sight
};

} // namespace rushes::ui
