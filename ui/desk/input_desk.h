// Pictures on their way into the recipe: from the disk, the clipboard, the stage or a camera. What is no file
// yet becomes one in the data folder, so that the recipe can name it.
#pragma once

#include "desk/desk_panels.h"
#include "inputs/picture_well.h"

#include <filesystem>
#include <functional>
#include <string>

#include <QImage>
#include <QObject>

namespace rushes::ui {

class StudioSession;

class InputDesk : public QObject {
    Q_OBJECT

public:
    InputDesk(StudioSession& session, DeskPanels panels, QObject* parent = nullptr);

    PictureWell& well() { return *well_; }

    /// Reads and hashes the file off the UI thread; then it is the recipe's picture. Of a video with the role
    /// of the first picture the clip goes on from its end.
    void takeFile(const PicturePlace& place, const std::filesystem::path& file);
    void takeImage(const PicturePlace& place, const QImage& image);

private:
    void take(const PicturePlace& place, PictureSource source);
    void crop(const PicturePlace& place);
    void move(const PicturePlace& place);
    void set(const PicturePlace& place, const RecipeInput* input);
    void loadThumbnail(const std::string& path);
    /// On the disk's thread; what goes wrong is shown as a card.
    void onDisk(std::function<void()> work);

    StudioSession& session_;
    DeskPanels panels_;
    PictureWell* well_;
};

} // namespace rushes::ui
