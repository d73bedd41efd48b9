#include "desk/seed_desk.h"

#include "base/error.h"
#include "controls/seed_field.h"
#include "desk/seed_page.h"
#include "session/studio_session.h"
#include "stage/player.h"
#include "stage/stage_panel.h"

namespace rushes::ui {

namespace {

constexpr int takes = 9;

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

void SeedDesk::open(const Recipe& recipe) {
    try {
        begin(recipe);
    } catch (const Error& error) {
        emit refused(error, recipe);
        return;
    }
    if (!page_) {
        page_ = new SeedPage(sketches_, panels_.stage.window()); // the window owns it
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
        connect(page_, &SeedPage::chosen, this, [this](int row) {
            plays_on_ = false; // the chosen one comes to the stage
            emit clipWanted(sketches_.recipeOf(row), sketches_.handOver(row));
            page_->close();
        });
        connect(page_, &SeedPage::anotherSetWanted, this, [this] {
            Recipe other = recipe_;
            other.seed = SeedField::randomSeed();
            begin(other);
        });
    }
    page_->show();
    page_->activateWindow();
}

void SeedDesk::begin(const Recipe& recipe) {
    recipe_ = recipe;
    sketches_.begin(recipe, takes);
}

void SeedDesk::setCalm(bool calm) {
    calm_ = calm;
    if (page_) {
        page_->setCalm(calm);
    }
}

} // namespace rushes::ui
