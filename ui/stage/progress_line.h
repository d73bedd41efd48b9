// The line above the picture: what is happening, how far, how fast, how long still, and Stop. Between jobs it
// says what is on the stage.
#pragma once

#include "generation/engine.h"

#include <chrono>
#include <optional>

#include <QWidget>

class QLabel;
class QPushButton;

namespace rushes::ui {

class FigureLabel;

/// The phase in words: "Loading model", "Draft · step 2 of 4", "Block 5 of 7" ...
QString phaseWords(const Progress& progress);

/// Seconds left as shown: follows the estimate, counts down in between, and does not rise within one phase.
class HonestCountdown {
public:
    using Time = std::chrono::steady_clock::time_point;

    void reset();
    /// A new estimate (< 0: unknown); `reason` changes when the shown words do. Returns what to show (< 0:
    /// nothing).
    double update(double seconds_left, const QString& reason, Time now);

private:
    std::optional<double> shown_;
    QString reason_;
    Time at_;
};

/// Solid: decoded. Dim: only denoised.
class TwoPartBar : public QWidget {
    Q_OBJECT

public:
    explicit TwoPartBar(QWidget* parent = nullptr);
    void setParts(double solid, double dim);

    double solid() const { return solid_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double solid_ = 0;
    double dim_ = 0;
};

class ProgressLine : public QWidget {
    Q_OBJECT

public:
    explicit ProgressLine(QWidget* parent = nullptr);

    void begin();
    void showProgress(const Progress& progress);
    void showStopping();
    /// No job: the words about what is on the stage.
    void idle(const QString& words);

    bool busy() const { return busy_; }

signals:
    void stopClicked();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void showBusy(bool busy);
    void elideWords();

    QLabel* pill_;
    QLabel* words_;
    TwoPartBar* bar_;
    FigureLabel* rate_;
    FigureLabel* left_;
    QPushButton* stop_;
    HonestCountdown countdown_;
    QString full_words_;
    bool busy_ = false;
};

} // namespace rushes::ui
