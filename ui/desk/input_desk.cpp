#include "desk/input_desk.h"

#include "base/error.h"
#include "base/paths.h"
#include "base/sha256.h"
#include "controls/recipe_panel.h"
#include "controls/toast.h"
#include "convert.h"
#include "inputs/camera_dialog.h"
#include "inputs/crop_dialog.h"
#include "models/run_inputs.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"
#include "work/clip_work.h"
#include "work/home_call.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QInputDialog>

namespace rushes::ui {

namespace fs = std::filesystem;

namespace {

constexpr int thumbnail_side = 256;

QImage thumbnail(const QImage& picture) {
    return picture.scaled(thumbnail_side, thumbnail_side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

/// The same picture twice is one file.
fs::path stored(const QImage& image) {
    const QImage rgb = image.convertToFormat(QImage::Format_RGB888);
    Sha256 hash;
    for (int y = 0; y < rgb.height(); ++y) {
        hash.update(
            {reinterpret_cast<const char*>(rgb.constScanLine(y)), static_cast<std::size_t>(rgb.width()) * 3}
        );
    }
    const fs::path file = data_dir() / "inputs" / (hash.finish().substr(0, 16) + ".png");
    if (fs::exists(file)) {
        return file;
    }
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (!rgb.save(toQString(file), "PNG")) {
        throw Error(
            ErrorKind::resource,
            "The picture cannot be written to " + file.parent_path().string() + ".",
            "Check the free space and the permissions there."
        );
    }
    return file;
}

bool isVideo(const fs::path& file) {
    static const std::vector<std::string> extensions{".mp4", ".mkv", ".webm", ".mov", ".avi", ".gif", ".m4v"};
    return std::ranges::find(extensions, lower_extension(file)) != extensions.end();
}

} // namespace

InputDesk::InputDesk(StudioSession& session, DeskPanels panels, QObject* parent)
    : QObject(parent), session_(session), panels_(panels), well_(new PictureWell) {
    panels_.recipe.addUnderPrompt(well_);
    const auto refresh = [this] { well_->showInputs(panels_.recipe.model(), panels_.recipe.recipe()); };
    connect(&panels_.recipe, &RecipePanel::shown, this, refresh);
    connect(well_, &PictureWell::fileGiven, this, [this](const PicturePlace& place, const QString& file) {
        takeFile(place, toPath(file));
    });
    connect(well_, &PictureWell::imageGiven, this, &InputDesk::takeImage);
    connect(well_, &PictureWell::wanted, this, &InputDesk::take);
    connect(well_, &PictureWell::cropWanted, this, &InputDesk::crop);
    connect(well_, &PictureWell::moveWanted, this, &InputDesk::move);
    connect(well_, &PictureWell::removed, this, [this](const PicturePlace& place) { set(place, nullptr); });
    connect(well_, &PictureWell::thumbnailWanted, this, &InputDesk::loadThumbnail);
    refresh();
}

void InputDesk::onDisk(std::function<void()> work) {
    session_.shelf().runOnDisk([this, work = std::move(work)] {
        try {
            work();
        } catch (const Error& error) {
            callHome(this, [this, error] { panels_.stage.showError(error); });
        }
    });
}

void InputDesk::takeFile(const PicturePlace& place, const fs::path& file) {
    onDisk([this, place, file] {
        const bool goes_on = place.role == role_image && isVideo(file);
        RecipeInput input = clipWork().recipe_input(goes_on ? role_clip : place.role, file);
        input.frame = place.frame;
        const QImage small = thumbnail(toQImage(clipWork().input_picture(input)));
        callHome(this, [this, place, input, small] {
            well_->setThumbnail(input.path, small);
            set(place, &input);
        });
    });
}

void InputDesk::takeImage(const PicturePlace& place, const QImage& image) {
    if (image.isNull()) {
        panels_.toast.say(tr("There is no picture to take."));
        return;
    }
    onDisk([this, place, image] {
        const fs::path file = stored(image);
        callHome(this, [this, place, file] { takeFile(place, file); });
    });
}

void InputDesk::take(const PicturePlace& place, PictureSource source) {
    QWidget* const window = panels_.stage.window();
    switch (source) {
    case PictureSource::file: {
        const QString file = QFileDialog::getOpenFileName(window, tr("A picture, or a clip to go on from"));
        if (!file.isEmpty()) {
            takeFile(place, toPath(file));
        }
        return;
    }
    case PictureSource::clipboard:
        return takeImage(place, QApplication::clipboard()->image());
    case PictureSource::stage:
        return takeImage(place, panels_.stage.player().picture().copy());
    case PictureSource::camera:
        break;
    }
    if (!CameraDialog::thereIsOne()) {
        panels_.toast.say(tr("No camera was found."));
        return;
    }
    CameraDialog dialog(window);
    if (dialog.exec() == QDialog::Accepted) {
        takeImage(place, dialog.picture());
    }
}

/// The whole picture is read again: a thumbnail is too small to cut from.
void InputDesk::crop(const PicturePlace& place) {
    const std::vector<RecipeInput>& inputs = panels_.recipe.recipe().inputs;
    auto found = std::ranges::find_if(inputs, [&](const RecipeInput& input) { return place.holds(input); });
    if (found == inputs.end()) {
        found = std::ranges::find(inputs, std::string(role_clip), &RecipeInput::role);
    }
    if (found == inputs.end()) {
        return;
    }
    onDisk([this, place, input = *found] {
        const QImage whole = toQImage(clipWork().input_picture(input));
        callHome(this, [this, place, whole] {
            const Recipe& recipe = panels_.recipe.recipe();
            CropDialog dialog(whole, double(recipe.width) / recipe.height, panels_.stage.window());
            if (dialog.exec() == QDialog::Accepted) {
                takeImage(place, whole.copy(dialog.view().part()));
            }
        });
    });
}

void InputDesk::move(const PicturePlace& place) {
    const Recipe& recipe = panels_.recipe.recipe();
    const double rate = recipe.frame_rate.fps();
    bool chosen = false;
    const double seconds = QInputDialog::getDouble(
        panels_.stage.window(),
        tr("Move the picture"),
        tr("Seconds from the begin of the clip"),
        place.frame / rate,
        1 / rate,
        (recipe.frames - 2) / rate,
        2,
        &chosen
    );
    const int frame = static_cast<int>(std::lround(seconds * rate));
    std::vector<RecipeInput> inputs = recipe.inputs;
    const auto moved =
        std::ranges::find_if(inputs, [&](const RecipeInput& input) { return place.holds(input); });
    if (!chosen || frame == place.frame || moved == inputs.end()) {
        return;
    }
    if (std::ranges::any_of(inputs, [&](const RecipeInput& input) {
            return PicturePlace(role_keyframe, frame).holds(input);
        })) {
        panels_.toast.say(tr("Another picture stands there already."));
        return;
    }
    moved->frame = frame;
    panels_.recipe.chooseInputs(inputs);
}

void InputDesk::set(const PicturePlace& place, const RecipeInput* input) {
    std::vector<RecipeInput> inputs = panels_.recipe.recipe().inputs;
    std::erase_if(inputs, [&](const RecipeInput& other) {
        return place.holds(other) || (place.role == role_image && other.role == role_clip);
    });
    if (input != nullptr) {
        inputs.push_back(*input);
    }
    panels_.recipe.chooseInputs(inputs);
}

void InputDesk::loadThumbnail(const std::string& path) {
    const std::vector<RecipeInput>& inputs = panels_.recipe.recipe().inputs;
    const auto found = std::ranges::find(inputs, path, &RecipeInput::path);
    if (found == inputs.end()) {
        return;
    }
    session_.shelf().runOnDisk([this, input = *found] {
        QImage small;
        try {
            small = thumbnail(toQImage(clipWork().input_picture(input)));
        } catch (const Error&) { // the clip says so when it is made
            small = QImage(1, 1, QImage::Format_RGB888);
            small.fill(Qt::black);
        }
        callHome(this, [this, path = input.path, small] { well_->setThumbnail(path, small); });
    });
}

} // namespace rushes::ui
