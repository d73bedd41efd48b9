#include "clip_options.h"

#include "option_checks.h"

namespace rushes {

ClipOptions::ClipOptions(CLI::App& app)
    : recipe_app_(*app.add_subcommand("recipe", "Print the recipe that a clip carries, as JSON")),
      compare_app_(*app.add_subcommand("compare", "Compare two clips of one size: PSNR, SSIM, flicker")),
      edit_app_(*app.add_subcommand("edit", "Make a clip of clips: cut, join, go round")) {
    recipe_app_.add_option("FILE", recipe_.file, "A clip that Rushes made, or a recipe as JSON")->required();
    compare_app_.add_option("A", compare_.first, "A clip")->type_name("A")->required();
    compare_app_.add_option("B", compare_.second, "The other one")->type_name("B")->required();
    compare_app_.add_flag("--json", compare_.json, "As JSON");
    add_edit();
}

void ClipOptions::add_edit() {
    edit_app_
        .add_option(
            "CLIPS", edit_.parts, "Clips one after the other, whole or a part in seconds: ball.mp4:0.5-2"
        )
        ->type_name("CLIP[:FROM-TO]")
        ->required();
    edit_app_.add_option("-o,--output", edit_.output, "FILE to make (default: named after the first clip)")
        ->type_name("FILE")
        ->check(output_check());
    edit_app_
        .add_option("--loop", edit_.loop, "Go round without a jump: fade (the end into the begin) or back")
        ->check(one_of({"fade", "back"}));
    edit_app_.add_option("--fade", edit_.fade_seconds, "Seconds of --loop fade (default: half a second)")
        ->check(number_between(0.01, 60, "0.01 to 60"));
    edit_app_.add_flag("--fit", edit_.fit, "Cut clips of other sizes to the first one's");
    edit_app_.add_flag("--no-library", edit_.no_library, "Leave the clip out of the studio's film strip");
    edit_app_.footer("Nothing happens to the clips themselves; sound is left out. The new one has the first "
                     "one's size, rate and recipe.");
}

std::optional<ModuleCommand> ClipOptions::parsed() const {
    if (recipe_app_.parsed()) {
        return recipe_;
    }
    if (compare_app_.parsed()) {
        return compare_;
    }
    if (edit_app_.parsed()) {
        return edit_;
    }
    return std::nullopt;
}

} // namespace rushes
