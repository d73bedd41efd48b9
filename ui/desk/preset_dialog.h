// Asks what a preset of these settings is to keep, and under which name.
#pragma once

#include "generation/saved_presets.h"

#include <vector>

#include <QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace rushes::ui {

class PresetDialog : public QDialog {
    Q_OBJECT

public:
    /// `known`: what is there already.
    PresetDialog(Recipe recipe, std::vector<SavedPreset> known, QWidget* parent = nullptr);

    /// Once it was accepted.
    const SavedPreset& preset() const { return preset_; }

private:
    QLineEdit* addField(const QString& caption, const QString& name);
    void look();

    const Recipe recipe_;
    const std::vector<SavedPreset> known_;
    QLineEdit* name_;
    QLineEdit* words_;
    std::vector<QCheckBox*> parts_;
    QLabel* state_;
    QPushButton* keep_ = nullptr;
    SavedPreset preset_;
};

} // namespace rushes::ui
