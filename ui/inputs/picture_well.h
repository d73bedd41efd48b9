// The well under the prompt: what the clip begins and ends with. Shown for models that start from pictures;
// pictures come by drop, paste, from the disk, the stage or a camera.
#pragma once

#include "generation/recipe.h"
#include "models/model_info.h"

#include <map>
#include <vector>

#include <QImage>
#include <QPushButton>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QMenu;

namespace rushes::ui {

/// Where a picture may come from, beside a drop.
enum class PictureSource { file, clipboard, stage, camera };

/// One picture: empty it says what it is for. A click opens the menu of where it may come from.
class PictureSlot : public QPushButton {
    Q_OBJECT

public:
    /// `role`: of RecipeInput.
    explicit PictureSlot(std::string role, const QString& caption, QWidget* parent = nullptr);

    const std::string& role() const { return role_; }

    void showPicture(const QImage& picture, const QString& name);
    QSize sizeHint() const override;

signals:
    void fileGiven(const std::string& role, const QString& file);
    void imageGiven(const std::string& role, const QImage& image);

protected:
    void paintEvent(QPaintEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QString emptyText() const;

    std::string role_;
    QString caption_;
    QImage picture_;
};

class PictureWell : public QWidget {
    Q_OBJECT

public:
    explicit PictureWell(QWidget* parent = nullptr);

    /// Hidden for a model that is made from text alone.
    void showInputs(const ModelInfo* model, const std::vector<RecipeInput>& inputs);

    /// What a file of the recipe looks like, once it was read.
    void setThumbnail(const std::string& path, const QImage& picture);

    bool hasThumbnail(const std::string& path) const { return thumbnails_.contains(path); }

    PictureSlot* slot(const std::string& role) const;

    /// The models that can draw what the clip begins with; none: it is not offered.
    void setStillModels(const std::vector<ModelInfo>& models);

signals:
    void fileGiven(const std::string& role, const QString& file);
    void imageGiven(const std::string& role, const QImage& image);
    void wanted(const std::string& role, rushes::ui::PictureSource source);
    void cropWanted(const std::string& role);
    void removed(const std::string& role);
    void stillWanted(const std::string& model);
    /// A picture of the recipe whose thumbnail is missing.
    void thumbnailWanted(const std::string& path);

private:
    void rebuild(const ModelInfo& model);
    void fillMenu(QMenu& menu, PictureSlot& slot);
    void showSlot(PictureSlot& slot);

    void showStillButton();

    QHBoxLayout* row_;
    QPushButton* still_;
    std::vector<std::pair<std::string, QString>> still_models_; ///< ids and names
    QLabel* note_;
    std::string shown_; ///< roles that the slots were built for
    std::vector<PictureSlot*> slots_;
    std::vector<RecipeInput> inputs_;
    bool takes_clip_ = false;
    std::map<std::string, QImage> thumbnails_; ///< by path
};

} // namespace rushes::ui
