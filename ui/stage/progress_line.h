// The line above the picture: what is happening, how far, how fast, how long still, and Stop. Between jobs it
// says what is on the stage.
#pragma once

#include "generation/engine.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace rushes::ui {

class FigureLabel;

/// The phase in words: "Loading model", "Draft · step 2 of 4", "Block 5 of 7" ...
QString phaseWords(const Progress& progress);

/// Solid: decoded. Dim: done otherwise.
class TwoPartBar : public QWidget {
    Q_OBJECT

public:
    explicit TwoPartBar(QWidget* parent = nullptr);
    void setParts(double solid, double dim);

    double solid() const { return solid_; }

    double dim() const { return dim_; }

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

    /// The shortcut that the button names.
    void setStopKeys(const QString& keys);
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
    void arrange();

    QLabel* pill_;
    QLabel* words_;
    TwoPartBar* bar_;
    FigureLabel* rate_;
    FigureLabel* left_;
    QPushButton* stop_;
    QString full_words_;
    QString stop_keys_;
    bool busy_ = false;
};

} // namespace rushes::ui
