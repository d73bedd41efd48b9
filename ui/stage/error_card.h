// A failure where the progress was: one sentence, the levers as buttons, copy in one click. Never a modal
// box.
#pragma once

#include "base/error.h"

#include <functional>
#include <vector>

#include <QWidget>

class QLabel;

namespace rushes::ui {

class FlowLayout;

/// What helps, as a button. The card stays until somebody dismisses it: a folder dialog may be cancelled.
struct CardLever {
    QString words;
    std::function<void()> pull;
};

class ErrorCard : public QWidget {
    Q_OBJECT

public:
    explicit ErrorCard(QWidget* parent = nullptr);

    /// `details` are copied along.
    void showFailure(const Error& error, const std::vector<CardLever>& levers, const QString& details);
    QString copyText() const;
    void copy() const;

signals:
    void dismissed();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void setLevers(const std::vector<CardLever>& levers);

    QLabel* message_;
    QLabel* hint_;
    QWidget* levers_;
    FlowLayout* lever_row_;
    QString details_;
};

} // namespace rushes::ui
