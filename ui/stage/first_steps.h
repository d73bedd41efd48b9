// On the empty stage: what this machine is, and prompts that run at once.
#pragma once

#include <string>
#include <vector>

#include <QWidget>

class QLabel;
class QPushButton;

namespace rushes::ui {

class FlowLayout;

class FirstSteps : public QWidget {
    Q_OBJECT

public:
    explicit FirstSteps(QWidget* parent = nullptr);

    void setMachine(const QString& words);
    QString machine() const;
    void setExamples(const std::vector<std::string>& examples);

    /// As many examples as there is room for.
    void fitInto(const QSize& room);

signals:
    void runClicked(const QString& prompt);

private:
    void showChips(std::size_t count);

    QLabel* machine_;
    QLabel* caption_;
    FlowLayout* row_;
    std::vector<QPushButton*> chips_;
};

} // namespace rushes::ui
