// Prompts that show what a model can do, as chips below an empty prompt.
#pragma once

#include <string>
#include <vector>

#include <QWidget>

namespace rushes::ui {

class FlowLayout;

class ExamplePrompts : public QWidget {
    Q_OBJECT

public:
    explicit ExamplePrompts(QWidget* parent = nullptr);

    /// The first few of them.
    void setExamples(const std::vector<std::string>& examples);
    bool isEmpty() const;

signals:
    void chosen(const QString& prompt);

private:
    FlowLayout* row_;
};

} // namespace rushes::ui
