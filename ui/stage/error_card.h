// A failure where the progress was: one sentence, the lever as a button, copy in one click. Never a modal
// box.
#pragma once

#include "base/error.h"

#include <functional>

#include <QWidget>

class QLabel;
class QPushButton;

namespace rushes::ui {

class ErrorCard : public QWidget {
    Q_OBJECT

public:
    explicit ErrorCard(QWidget* parent = nullptr);

    /// `lever`: words of the button that helps; empty: none. `details` are copied along.
    void showFailure(
        const Error& error,
        const QString& lever = {},
        std::function<void()> pull = {},
        const QString& details = {}
    );
    QString copyText() const;
    void copy() const;

signals:
    void dismissed();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* message_;
    QLabel* hint_;
    QPushButton* lever_;
    std::function<void()> pull_;
    QString details_;
};

} // namespace rushes::ui
