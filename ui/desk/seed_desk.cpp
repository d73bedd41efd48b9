#include "desk/seed_desk.h"

#include "base/error.h"
#include "controls/seed_field.h"
#include "session/studio_session.h"
#include "stage/player.h"
#include "stage/stage_panel.h"

namespace rushes::ui {

namespace {

constexpr int columns = 3;
constexpr int clips = 9;
constexpr int stills = 6; ///< that each take as long as the last round of a clip's

} // namespace

SeedDesk::SeedDesk(StudioSession& session, DeskPanels panels, QObject* parent)
    : QObject(parent), panels_(panels), sketches_(session) {
    connect(&sketches_, &Sketches::failed, this, [this](const Error& error) {
        if (page_) {
            page_->close();
        }
        emit refused(error, recipe_);
    });
}

void SeedDesk::open(const Recipe& recipe, TakesAre kind) {
    clearFor(kind);
    try {
        begin(recipe);
    } catch (const Error& error) {
        emit refused(error, recipe);
        return;
    }
    showPage(columns);
}

void SeedDesk::openValues(const std::vector<std::pair<Recipe, QString>>& recipes, int columns) {
    clearFor(TakesAre::values);
    recipe_ = recipes.front().first;
    try {
        sketches_.begin(recipes);
    } catch (const Error& error) {
        emit refused(error, recipe_);
        return;
    }
    showPage(columns);
}

/// Before anything is drawn. A page that is open stays where it speaks of the same.
void SeedDesk::clearFor(TakesAre kind) {
    emit opened();
    if (page_ && (kind != kind_ || kind == TakesAre::values)) {
        delete page_;
    }
    kind_ = kind;
}

void SeedDesk::showPage(int columns) {
    if (page_) {
        page_->activateWindow();
        return;
    }
    page_ = new SeedPage(sketches_, kind_, columns, panels_.stage.window()); // the window owns it
    page_->setAttribute(Qt::WA_DeleteOnClose);
    page_->setCalm(calm_);
    connect(page_, &QObject::destroyed, &sketches_, &Sketches::close);
    // What plays behind the page would take the time of a take.
    plays_on_ = panels_.stage.player().playing();
    panels_.stage.player().pause();
    connect(page_, &QObject::destroyed, this, [this] {
        if (plays_on_) {
            panels_.stage.player().togglePlay();
        }
    });
    connect(page_, &SeedPage::chosen, this, &SeedDesk::choose);
    connect(page_, &SeedPage::anotherSetWanted, this, [this] {
        Recipe other = recipe_;
        other.seed = SeedField::randomSeed();
        begin(other);
    });
    page_->show();
    page_->activateWindow();
}

void SeedDesk::choose(int row) {
    plays_on_ = false; // the chosen one comes to the stage
    const Recipe recipe = sketches_.recipeOf(row);
    const std::string job = sketches_.handOver(row);
    if (kind_ != TakesAre::first_pictures) {
        emit clipWanted(recipe, job);
    } else {
        emit firstPictureWanted(recipe, job);
    }
    page_->close();
}

void SeedDesk::begin(const Recipe& recipe) {
    recipe_ = recipe;
    sketches_.begin(recipe, kind_ == TakesAre::clips ? clips : stills);
}

void SeedDesk::setCalm(bool calm) {
    calm_ = calm;
    if (page_) {
        page_->setCalm(calm);
    }
}

} // namespace rushes::ui
