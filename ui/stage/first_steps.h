// On the empty stage: what this machine is, and prompts that run at once.
#pragma once

#include <string>
#include <vector>

#include <QWidget>

class QLabel;

namespace rushes::ui {

class FlowLayout;

class FirstSteps : public QWidget {
    Q_OBJECT

public:
    explicit FirstSteps(QWidget* parent = nullptr);

    void setMachine(const QString& words);
    QString machine() const;
    void setExamples(const std::vector<std::string>& examples);

signals:
    void runClicked(const QString& prompt);

private:
    QLabel* machine_;
    QLabel* caption_;
    FlowLayout* row_;
};

} // namespace rushes::ui
