// Above the Generate button: that the clip would not fit, or only just, and the settings that help, one click
// away. Hidden while all is well.
#pragma once

#include <functional>
#include <vector>

#include <QWidget>

class QLabel;

namespace rushes::ui {

class FlowLayout;

struct FitLever {
    QString words; ///< of a button: "Use 480p"
    std::function<void()> pull;
};

class FitNote : public QWidget {
    Q_OBJECT

public:
    enum class Tone { tight, bad };

    explicit FitNote(QWidget* parent = nullptr);

    void say(Tone tone, const QString& words, std::vector<FitLever> levers);

    void clear() { hide(); }

    QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Tone tone_ = Tone::tight;
    QLabel* words_;
    QWidget* buttons_;
    FlowLayout* row_;
};

} // namespace rushes::ui
