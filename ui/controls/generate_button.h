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

    /// What comes before the clip, below the price; mostly empty.
    void setNote(const QString& note);

    const QString& note() const { return note_; }

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
    void describe();

    QString price_;
    QString note_;
    QString keys_;
};

} // namespace rushes::ui
