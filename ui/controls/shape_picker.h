// Aspect and resolution. Only sizes that the model was trained on can be chosen; what is greyed says why.
#pragma once

#include "controls/choices.h"
#include "controls/clip_cost.h"

#include <QWidget>

namespace rushes::ui {

class ChoiceRow;

class ShapePicker : public QWidget {
    Q_OBJECT

public:
    explicit ShapePicker(QWidget* parent = nullptr);

    void showShape(const Choices& choices, int width, int height);
    /// What each offered one would take, with the rest of `recipe`.
    void showCosts(const Recipe& recipe, const CostOf& cost);

signals:
    void chosen(int width, int height);

private:
    void showResolutions(const Choices& choices, int aspect, int width, int height);

    ChoiceRow* aspects_;
    ChoiceRow* resolutions_;
    std::vector<PictureSize> aspect_sizes_; ///< size to take when that aspect is chosen
    std::vector<PictureSize> sizes_;
    std::string model_;     ///< for which aspects_ was built
    int shown_aspect_ = -1; ///< for which resolutions_ was built
};

} // namespace rushes::ui
