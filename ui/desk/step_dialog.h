// Asks after which step of a clip another way begins.
#pragma once

#include <QDialog>

class QSlider;

namespace rushes::ui {

class StepDialog : public QDialog {
    Q_OBJECT

public:
    /// `steps`: of the clip, at least 2. `change`: what is other from there on.
    StepDialog(int steps, const QString& change, QWidget* parent = nullptr);

    int steps() const; ///< that stay

private:
    QSlider* slider_;
};

} // namespace rushes::ui
