// Which model makes the clip: name and steps, a menu of what is installed and of adding another one.
#pragma once

#include "controls/clip_cost.h"
#include "models/model_info.h"

#include <functional>
#include <string>
#include <vector>

#include <QPushButton>

class QMenu;

namespace rushes::ui {

class ModelPicker : public QPushButton {
    Q_OBJECT

public:
    explicit ModelPicker(QWidget* parent = nullptr);

    void setModels(const std::vector<ModelInfo>& models);
    void setCurrent(const std::string& id, int steps);

    /// What the clip would take with another model; asked when the menu opens.
    void setCosts(std::function<ClipCost(const std::string& id)> cost) { cost_ = std::move(cost); }

signals:
    void chosen(const std::string& id);
    void addClicked();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void showCosts();
    QColor nameColour() const;

    QMenu* menu_;
    std::function<ClipCost(const std::string& id)> cost_;
    std::vector<ModelInfo> models_;
    QString name_;
    QString steps_;
};

} // namespace rushes::ui
