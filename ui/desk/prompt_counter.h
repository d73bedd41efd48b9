// Counts the prompt as the chosen model's tokenizer cuts it, on a thread of its own: reading the tokenizer
// takes a moment. Of several prompts the latest is shown.
#pragma once

#include "models/model_info.h"
#include "work/task_thread.h"

#include <QObject>
#include <QString>

namespace rushes::ui {

class RecipePanel;

class PromptCounter : public QObject {
    Q_OBJECT

public:
    explicit PromptCounter(RecipePanel& panel, QObject* parent = nullptr);

private:
    void count();

    RecipePanel& panel_;
    std::string asked_; ///< model and prompt
    TaskThread thread_; ///< last: ends first
};

} // namespace rushes::ui
