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

/// What a picture is for.
struct PicturePlace {
    PicturePlace(std::string for_role, int at_frame = 0) : role(std::move(for_role)), frame(at_frame) {}

    PicturePlace(const char* for_role) : role(for_role) {}

    bool holds(const RecipeInput& input) const { return input.role == role && input.frame == frame; }

    bool operator==(const PicturePlace&) const = default;

    std::string role; ///< of RecipeInput
    int frame = 0;    ///< of a keyframe
};

/// One picture: empty it says what it is for. A click opens the menu of where it may come from.
class PictureSlot : public QPushButton {
    Q_OBJECT

public:
    explicit PictureSlot(PicturePlace place, const QString& caption, QWidget* parent = nullptr);

    const PicturePlace& place() const { return place_; }

    void showPicture(const QImage& picture, const QString& name);
    QSize sizeHint() const override;

signals:
    void fileGiven(const rushes::ui::PicturePlace& place, const QString& file);
    void imageGiven(const rushes::ui::PicturePlace& place, const QImage& image);

protected:
    void paintEvent(QPaintEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QString emptyText() const;

    PicturePlace place_;
    QString caption_;
    QImage picture_;
};

class PictureWell : public QWidget {
    Q_OBJECT

public:
    explicit PictureWell(QWidget* parent = nullptr);

    /// Hidden for a model that is made from text alone.
    void showInputs(const ModelInfo* model, const Recipe& recipe);

    /// What a file of the recipe looks like, once it was read.
    void setThumbnail(const std::string& path, const QImage& picture);

    bool hasThumbnail(const std::string& path) const { return thumbnails_.contains(path); }

    PictureSlot* slot(const PicturePlace& place) const;

    /// The models that can draw what the clip begins with; none: it is not offered.
    void setStillModels(const std::vector<ModelInfo>& models);

signals:
    void fileGiven(const rushes::ui::PicturePlace& place, const QString& file);
    void imageGiven(const rushes::ui::PicturePlace& place, const QImage& image);
    void wanted(const rushes::ui::PicturePlace& place, rushes::ui::PictureSource source);
    void cropWanted(const rushes::ui::PicturePlace& place);
    void removed(const rushes::ui::PicturePlace& place);
    /// A keyframe, to another time.
    void moveWanted(const rushes::ui::PicturePlace& place);
    void stillWanted(const std::string& model);
    /// A picture of the recipe whose thumbnail is missing.
    void thumbnailWanted(const std::string& path);

private:
    std::vector<std::pair<PicturePlace, QString>> places(const ModelInfo& model) const;
    PicturePlace widestGap() const;
    void rebuild();
    void offerSources(QMenu& menu, const PicturePlace& place);
    void fillMenu(QMenu& menu, PictureSlot& slot);
    void showSlot(PictureSlot& slot);
    void showButtons();

    QHBoxLayout* row_;
    QPushButton* still_;
    QPushButton* between_;                                      ///< adds a keyframe
    std::vector<std::pair<std::string, QString>> still_models_; ///< ids and names
    QLabel* note_;
    std::vector<std::pair<PicturePlace, QString>> shown_; ///< what the slots were built for
    std::vector<PictureSlot*> slots_;
    std::vector<RecipeInput> inputs_;
    int frames_ = 0;
    double rate_ = 1;
    bool takes_keyframes_ = false;
    std::map<std::string, QImage> thumbnails_; ///< by path
};

} // namespace rushes::ui
