// Presets above the prompt: a menu of what is kept, and keeping what stands in the panel.
#pragma once

#include "desk/desk_panels.h"
#include "generation/saved_presets.h"

#include <QObject>

class QMenu;

namespace rushes::ui {

class StudioSession;
class UndoList;

class PresetDesk : public QObject {
    Q_OBJECT

public:
    PresetDesk(StudioSession& session, DeskPanels panels, UndoList& undo, QObject* parent = nullptr);

    /// Reads the folder anew: files may have come from a friend.
    void openMenu();
    /// Asks for a name and what it keeps.
    void keep();

signals:
    void recipeWanted(const rushes::Recipe& recipe, const QString& text);

private:
    /// On the disk's thread; the shelf comes home.
    void read(std::function<void(const PresetShelf&)> use);
    void write(std::function<void()> work);
    void showMenu(const PresetShelf& shelf);
    void use(const SavedPreset& preset, const std::vector<SavedPreset>& known);
    void remove(const SavedPreset& preset);

    StudioSession& session_;
    DeskPanels panels_;
    UndoList& undo_;
};

} // namespace rushes::ui
