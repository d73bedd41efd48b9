// Seeds side by side: from the settings to a contact sheet, and from a chosen take to a clip.
#pragma once

#include "desk/desk_panels.h"
#include "desk/seed_page.h"
#include "session/sketches.h"

#include <QObject>
#include <QPointer>

namespace rushes::ui {

class StudioSession;

class SeedDesk : public QObject {
    Q_OBJECT

public:
    SeedDesk(StudioSession& session, DeskPanels panels, QObject* parent = nullptr);

    /// Takes of these settings, in a page in front.
    void open(const Recipe& recipe, TakesAre kind = TakesAre::clips);
    /// The same of recipes that differ, `columns` in a row, each with what sets it apart.
    void openValues(const std::vector<std::pair<Recipe, QString>>& recipes, int columns);
    void setCalm(bool calm);

    Sketches& sketches() { return sketches_; }

    bool showing() const { return !page_.isNull(); }

signals:
    void opened(); ///< the device is wanted for takes
    /// `job`: its id, to go on with what is computed of it.
    void clipWanted(const rushes::Recipe& recipe, const std::string& job);
    /// The same of TakesAre::first_pictures.
    void firstPictureWanted(const rushes::Recipe& recipe, const std::string& job);
    void refused(const rushes::Error& error, const rushes::Recipe& recipe);

private:
    void begin(const Recipe& recipe);
    void showPage(int columns);
    void clearFor(TakesAre kind);
    void choose(int row);

    DeskPanels panels_;
    Sketches sketches_;
    Recipe recipe_;
    TakesAre kind_ = TakesAre::clips;
    QPointer<SeedPage> page_; ///< the window's child
    bool calm_ = false;
    bool plays_on_ = false; ///< the stage played when the page was opened
};

} // namespace rushes::ui
