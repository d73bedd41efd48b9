// The panels that the desk connects; each knows nothing of the others.
#pragma once

namespace rushes::ui {

class FilmStrip;
class ModelNotice;
class RecipePanel;
class SidePanel;
class StagePanel;
class StatusLine;
class Toast;

struct DeskPanels {
    RecipePanel& recipe;
    StagePanel& stage;
    FilmStrip& strip;
    SidePanel& side;
    StatusLine& status;
    Toast& toast;
    ModelNotice& notice;
};

} // namespace rushes::ui
