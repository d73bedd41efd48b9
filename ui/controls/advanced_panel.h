// Guidance, scheduler, motion, draft and number format: folded away until asked for.
#pragma once

#include "controls/choices.h"
#include "controls/clip_cost.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QPushButton;

namespace rushes::ui {

class FigureLabel;

class AdvancedPanel : public QWidget {
    Q_OBJECT

public:
    explicit AdvancedPanel(QWidget* parent = nullptr);

    /// `models`: all there are; those that can make the drafts of such a clip are offered for it.
    void showRecipe(const Choices& choices, const Recipe& recipe, const std::vector<ModelInfo>& models);
    /// What each of them does to the time and the memory here.
    void showCosts(const Choices& choices, const Recipe& recipe, const CostOf& cost);
    void setOpen(bool open);
    bool isOpen() const;

signals:
    void guidanceEdited(double guidance);
    void schedulerChosen(const std::string& name);
    void motionEdited(double scale);
    void draftChanged(bool on);
    void draftModelChosen(const std::string& id); ///< empty: the clip's own
    void dtypeChosen(const std::string& name);
    void openChanged(bool open);

private:
    void showDrafters(const Choices& choices, const Recipe& recipe, const std::vector<ModelInfo>& models);
    void showGuidanceCost(const Choices& choices, const Recipe& recipe, const CostOf& cost);

    QPushButton* toggle_;
    QWidget* body_;
    QDoubleSpinBox* guidance_;
    FigureLabel* guidance_cost_;
    QComboBox* scheduler_;
    QWidget* scheduler_caption_ = nullptr;
    QComboBox* dtype_;
    QDoubleSpinBox* motion_;
    QWidget* motion_caption_ = nullptr;
    QCheckBox* draft_;
    QComboBox* draft_model_;
};

} // namespace rushes::ui
