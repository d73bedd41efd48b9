#include "generation/model_json.h"

#include "generation/plan.h"

namespace rushes {

using Json = nlohmann::ordered_json;

Json model_json(const ModelInfo& model) {
    Json sizes = Json::array();
    for (const PictureSize size : model.lattice.sizes) {
        sizes.push_back({size.width, size.height});
    }
    Json inputs = Json::array();
    for (const AcceptedInput& input : model.inputs) {
        inputs.push_back(
            {{"role", input.role}, {"required", input.required}, {"instead_of", input.instead_of}}
        );
    }
    Json tiers = Json::array();
    for (const Tier& tier : model.tiers) {
        tiers.push_back({{"id", tier.id}, {"steps", tier.steps}});
    }
    Json few_steps = Json::array();
    for (const StepSchedule& schedule : model.few_steps) {
        few_steps.push_back(
            {{"scheduler", schedule.scheduler}, {"steps", schedule.steps}, {"most", schedule.most}}
        );
    }
    return {
        {"id", model.id},
        {"name", model.name},
        {"description", model.description},
        {"licence", model.licence},
        {"directory", model.directory.string()},
        {"family", model.family},
        {"hash", model.hash},
        {"causal", model.causal},
        {"demonstration", model.demonstration},
        {"sizes", sizes},
        {"size_multiple", model.lattice.size_multiple},
        {"free_size", model.lattice.free_size},
        {"frame_stride", model.lattice.frame_stride},
        {"default_frames", model.default_frames},
        {"max_frames", model.lattice.max_frames},
        {"frame_rate", {model.frame_rate.num, model.frame_rate.den}},
        {"default_steps", model.default_steps},
        {"fixed_steps", model.fixed_steps},
        {"tiers", tiers},
        {"default_guidance", model.default_guidance},
        {"guidance_adjustable", model.guidance_adjustable},
        {"schedulers", model.schedulers},
        {"few_steps", few_steps},
        {"takes_prompt_changes", model.causal},
        {"default_negative", model.default_negative},
        {"takes_loras", model.takes_loras},
        {"takes_motion_scale", model.takes_motion_scale},
        {"inputs", inputs},
        {"weight_bytes", model.weight_bytes},
        {"peak_memory_bytes", make_plan(default_recipe(model), model).peak_memory_bytes},
        {"examples", model.examples},
    };
}

} // namespace rushes
