// The left panel, read from top to bottom as a sentence: what, how well, which shape, how long. Its state is
// one Recipe; every change by the user is reported as a new Recipe, and nothing changes unless showRecipe()
// says so.
#pragma once

#include "controls/choices.h"

#include <optional>

#include <QElapsedTimer>
#include <QWidget>

class QBoxLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QScrollArea;

namespace rushes::ui {

class AdvancedPanel;
class CalmSlider;
class ChoiceRow;
class ExamplePrompts;
class FigureLabel;
class GenerateButton;
class ModelPicker;
class PromptEdit;
class SeedField;
class ShapePicker;

/// What was changed, for the undo list; changes of one field during one gesture are one step.
struct RecipeEdit {
    QString field; ///< "prompt", "duration" ...
    int gesture = 0;
};

class RecipePanel : public QWidget {
    Q_OBJECT

public:
    explicit RecipePanel(QWidget* parent = nullptr);

    void setModels(const std::vector<ModelInfo>& models);
    /// Shows a recipe made complete for its model (the first model when the recipe names none that is here).
    void showRecipe(const Recipe& recipe);

    const Recipe& recipe() const { return recipe_; }

    const ModelInfo* model() const { return choices_ ? &choices_->model() : nullptr; }

    const std::vector<ModelInfo>& models() const { return models_; }

    /// As when the person chose it: one undo step. Its own numbers come with it.
    void chooseModel(const std::string& id);

    Recipe completed(const Recipe& recipe) const;

    /// Another seed is wanted after every clip.
    bool newSeedEachTime() const;

    PromptEdit& prompt() { return *prompt_; }

    /// Scrolls to the prompt too.
    void focusPrompt();

    SeedField& seed() { return *seed_; }

    AdvancedPanel& advanced() { return *advanced_; }

    GenerateButton& generate() { return *generate_; }

signals:
    void edited(const rushes::Recipe& recipe, const rushes::ui::RecipeEdit& edit);
    void generateClicked();
    void addModelClicked();

private:
    QWidget* makeWhat();
    void makeHowWell(QBoxLayout& column);
    void makeHowLong(QBoxLayout& column);
    void connectControls();
    template <typename Change>
    void change(const QString& field, Change&& set);

    void newGesture() { ++gesture_; }

    bool sliding() const;
    void showModel();
    void showNegativeToggle();
    void typeDuration();
    void typeSteps();
    void showCount();
    void showHistory(QWidget& below);
    void showExamples();
    void showUnknownWords();
    void chooseTier(int index);

    std::vector<ModelInfo> models_;
    std::optional<Choices> choices_;
    Recipe recipe_;
    int gesture_ = 0;
    QElapsedTimer since_change_;

    QScrollArea* scroll_;
    PromptEdit* prompt_;
    ExamplePrompts* examples_;
    FigureLabel* count_;
    QLabel* unknown_;
    QPushButton* negative_toggle_;
    QPlainTextEdit* negative_;
    ChoiceRow* tiers_;
    ModelPicker* model_picker_;
    QLabel* model_note_;
    ShapePicker* shape_;
    QLineEdit* duration_text_; ///< can be typed into
    CalmSlider* duration_;
    QLineEdit* steps_text_;
    CalmSlider* steps_;
    SeedField* seed_;
    AdvancedPanel* advanced_;
    GenerateButton* generate_;
};

} // namespace rushes::ui
