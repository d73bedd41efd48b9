// Asks which values to try side by side: one after the other, or every combination of two lists.
#pragma once

#include "generation/recipe_grid.h"
#include "models/model_info.h"

#include <array>
#include <functional>
#include <utility>
#include <vector>

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace rushes::ui {

class GridDialog : public QDialog {
    Q_OBJECT

public:
    using WithModel = std::function<Recipe(const Recipe&, const std::string& model)>;

    GridDialog(
        const Recipe& base,
        const ModelInfo& model,
        const std::vector<ModelInfo>& models,
        WithModel with_model,
        QWidget* parent = nullptr
    );

    /// What was asked for, row by row, each with what sets it apart: "guidance 3 · seed 7".
    const std::vector<std::pair<Recipe, QString>>& recipes() const { return recipes_; }

    int columns() const { return columns_; }

private:
    struct Axis {
        QComboBox* key;
        QLineEdit* values;
    };

    Axis addAxis(const QString& caption, const QString& name, bool may_be_none);
    GridAxis chosen(const Axis& axis) const;
    QString usual(const std::string& key) const;
    void look();

    const Recipe base_;
    const ModelInfo model_;
    const std::vector<ModelInfo> models_;
    const WithModel with_model_;
    std::array<Axis, 2> axes_{}; ///< downwards, across
    QLabel* words_;
    QPushButton* go_;
    std::vector<std::pair<Recipe, QString>> recipes_;
    int columns_ = 1;
};

} // namespace rushes::ui
