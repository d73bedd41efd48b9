// Which model makes the clip: name and steps, a menu of what is installed and of adding another one.
#pragma once

#include "models/model_info.h"

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

signals:
    void chosen(const std::string& id);
    void addClicked();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QMenu* menu_;
    std::vector<ModelInfo> models_;
    QString name_;
    QString steps_;
};

} // namespace rushes::ui
