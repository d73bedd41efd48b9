// The Generate button carries its price: what it will take on this machine, known before it is pressed.
#pragma once

#include <QPushButton>

namespace rushes::ui {

class GenerateButton : public QPushButton {
    Q_OBJECT

public:
    explicit GenerateButton(QWidget* parent = nullptr);

    void setPrice(const QString& price);

    const QString& price() const { return price_; }

    /// The shortcut, written at the right edge.
    void setKeys(const QString& keys);

    enum class State { generates, queues, paused, keeps };

    /// What a press leads to: "Queue" while a job runs, "Queue (paused)" while the queue is paused, "Keep the
    /// change" while a waiting clip is edited.
    void setState(State state);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString price_;
    QString keys_;
};

} // namespace rushes::ui
