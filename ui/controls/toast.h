// A short message at the foot of the stage with one action ("Undo"); goes by itself. Never over the picture:
// it takes its own line below the transport bar.
#pragma once

#include <functional>

#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;

namespace rushes::ui {

class Toast : public QWidget {
    Q_OBJECT

public:
    explicit Toast(QWidget* parent = nullptr);

    void say(const QString& text, const QString& action = {}, std::function<void()> act = {});
    QString text() const;

private:
    QLabel* label_;
    QPushButton* action_;
    std::function<void()> act_;
    QTimer timer_;
};

} // namespace rushes::ui
