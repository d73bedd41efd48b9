#include "desk/still_desk.h"

#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "controls/seed_field.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/input_desk.h"
#include "desk/seed_desk.h"
#include "models/run_inputs.h"
#include "session/studio_session.h"

#include <algorithm>

namespace rushes::ui {

namespace {

bool takesFirstPicture(const ModelInfo* model) {
    return model != nullptr &&
           std::ranges::find(model->inputs, role_image, &AcceptedInput::role) != model->inputs.end();
}

} // namespace

StillDesk::StillDesk(
    StudioSession& session, DeskPanels panels, SeedDesk& seeds, InputDesk& inputs, QObject* parent
)
    : QObject(parent), session_(session), panels_(panels), seeds_(seeds), inputs_(inputs) {
    connect(&session_, &StudioSession::modelsFound, this, [this] {
        std::vector<ModelInfo> stills = session_.models();
        std::erase_if(stills, [](const ModelInfo& model) { return !model.lattice.of_stills(); });
        inputs_.well().setStillModels(stills);
    });
    connect(&inputs_.well(), &PictureWell::stillWanted, this, &StillDesk::open);
    connect(
        &seeds_,
        &SeedDesk::firstPictureWanted,
        this,
        [this](const Recipe& recipe, const std::string& job) {
            jobs_.insert(job);
            emit clipWanted(recipe, job);
        }
    );
    connect(&session_, &StudioSession::runEnded, this, &StillDesk::end);
}

/// What the clip will be of, in its shape, by another model.
void StillDesk::open(const std::string& model) {
    panels_.recipe.seed().takeText();
    const Recipe& clip = panels_.recipe.recipe();
    const auto found = std::ranges::find(session_.models(), model, &ModelInfo::id);
    if (found == session_.models().end()) {
        return; // it was removed a moment ago
    }
    if (toQString(clip.prompt).trimmed().isEmpty()) {
        panels_.toast.say(tr("Type a prompt first: the stills are of it."));
        panels_.recipe.prompt().setFocus();
        return;
    }
    const PictureSize size = found->lattice.size_of_shape(double(clip.width) / clip.height);
    Recipe still;
    still.model = model;
    still.prompt = clip.prompt;
    still.seed = clip.seed;
    still.width = size.width;
    still.height = size.height;
    seeds_.open(panels_.recipe.completed(still), TakesAre::first_pictures);
}

void StillDesk::end(const RunEnd& end) {
    if (end.goes_on || end.tries_again || jobs_.erase(end.job) == 0 || !end.result.clip) {
        return;
    }
    if (takesFirstPicture(panels_.recipe.model())) {
        inputs_.takeFile(role_image, end.result.clip->path);
        panels_.toast.say(tr("The clip begins with this still. Generate makes it move."));
    } else {
        panels_.toast.say(tr("The still is in the library: this model does not begin with a picture."));
    }
}

} // namespace rushes::ui
