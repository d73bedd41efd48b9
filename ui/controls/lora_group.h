// The LoRAs of the next clip: files, how strongly each counts, and the words that they were trained with.
#pragma once

#include "generation/recipe.h"
#include "models/model_info.h"
#include "work/task_thread.h"

#include <filesystem>
#include <map>
#include <vector>

#include <QStringList>
#include <QWidget>

class QVBoxLayout;

namespace rushes::ui {

class LoraGroup : public QWidget {
    Q_OBJECT

public:
    explicit LoraGroup(QWidget* parent = nullptr);

    /// Hidden for a model that takes none.
    void showRecipe(const ModelInfo& model, const Recipe& recipe);

    /// As when the person chose the file: at full strength, behind the others.
    void add(const std::filesystem::path& file);

signals:
    /// `step`: another file, or one less; strengths while they are turned are one step.
    void edited(const std::vector<rushes::RecipeLora>& loras, bool step);
    void wordChosen(const QString& word);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    /// What a file says of itself.
    struct About {
        QStringList words;
        QString problem; ///< of a file that is no LoRA
    };

    void ask();
    void read(const std::string& path);
    void rebuild();
    QWidget* makeRow(int index);
    QWidget* makeWords(int index, const About& about);
    void remove(int index);

    std::vector<RecipeLora> loras_;
    std::map<std::string, About> about_; ///< by path, of those that were read
    QVBoxLayout* rows_;
    TaskThread thread_; ///< last: ends first
};

} // namespace rushes::ui
