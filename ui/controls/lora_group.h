// The LoRAs of the next clip: files, how strongly each counts, and the words that they were trained with.
#pragma once

#include "generation/recipe.h"
#include "models/model_info.h"

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

    /// What a file says of itself, once somebody read it.
    void showAbout(const std::string& path, const QStringList& words, const QString& problem);

signals:
    /// A file of which nothing is known yet.
    void aboutWanted(const std::string& path);
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
    void rebuild();
    QWidget* makeRow(int index);
    QWidget* makeWords(int index, const About& about);
    void remove(int index);

    std::vector<RecipeLora> loras_;
    std::map<std::string, About> about_; ///< by path, of those that were read
    QVBoxLayout* rows_;
};

} // namespace rushes::ui
