#include "generation/drafting.h"

#include "models/companions.h"
#include "models/run_inputs.h"

#include <algorithm>
#include <cmath>

namespace rushes {
namespace {

constexpr int draft_step_divisor = 5;
constexpr int fewest_draft_steps = 4;

bool is_among(const std::string& role, const std::vector<AcceptedInput>& inputs) {
    return std::ranges::find(inputs, role, &AcceptedInput::role) != inputs.end();
}

int area(PictureSize size) {
    return size.width * size.height;
}

PictureSize scaled(PictureSize size, double scale) {
    const auto side = [scale](int length) {
        return std::max(1, static_cast<int>(std::lround(length * scale)));
    };
    return {side(size.width), side(size.height)};
}

/// What is enough for a first look, and not more than the model is used to: beyond it sees things twice.
PictureSize draft_size(PictureSize clip, const ModelInfo& drafter) {
    const double enough = double(drafter.draft.long_side) / std::max(clip.width, clip.height);
    const PictureSize small = scaled(clip, std::min(1.0, enough));
    const PictureSize usual = drafter.lattice.size_of_shape(double(clip.width) / clip.height);
    return drafter.lattice.nearest_size(area(usual) < area(small) ? usual : small);
}

/// Of the pictures that the clip comes by those that the draft gets to.
bool is_within(const RecipeInput& input, int frames) {
    return input.role != role_keyframe || input.frame < frames - 1;
}

} // namespace

Pass draft_pass(const Pass& final, const ModelInfo& model) {
    const double scale = std::min(0.5, double(model.draft.long_side) / std::max(final.width, final.height));
    const auto scaled = [&](int side) {
        return nearest_multiple(static_cast<int>(std::lround(side * scale)), model.lattice.size_multiple);
    };
    Pass draft = final;
    draft.kind = PassKind::draft;
    draft.fast_decode = true; // thrown away: nobody looks at it for long
    draft.width = scaled(final.width);
    draft.height = scaled(final.height);
    draft.frames = std::min(final.frames, model.lattice.frames(model.draft.latent_frames));
    if (model.draft.steps > 0) {
        draft.steps = model.draft.steps;
    } else if (!model.fixed_steps) {
        draft.steps = std::min(final.steps, std::max(fewest_draft_steps, final.steps / draft_step_divisor));
    }
    return draft;
}

Recipe draft_recipe(const Recipe& clip, const ModelInfo& drafter) {
    const PictureSize size = draft_size({clip.width, clip.height}, drafter);
    const int most = std::min(clip.frames, drafter.lattice.frames(drafter.draft.latent_frames));
    Recipe draft;
    draft.prompt = clip.prompt;
    draft.negative_prompt = clip.negative_prompt;
    draft.model = drafter.id;
    draft.seed = clip.seed;
    draft.width = size.width;
    draft.height = size.height;
    draft.frames = drafter.lattice.nearest_frames(most);
    draft.frame_rate = clip.frame_rate;
    draft.dtype = clip.dtype;
    draft.fast_decode = drafter.parts.contains(tiny_decoder_part); // nobody looks at it for long
    draft.draft = false;
    std::ranges::copy_if(clip.inputs, std::back_inserter(draft.inputs), [&](const RecipeInput& input) {
        return is_within(input, draft.frames);
    });
    draft.program_version = clip.program_version;
    return draft;
}

std::string why_no_draft(const ModelInfo& drafter, const ModelInfo& model, const Recipe& clip) {
    const std::string cannot = "'" + drafter.id + "' cannot make the draft: ";
    if (drafter.lattice.of_stills() != model.lattice.of_stills()) {
        return cannot + (drafter.lattice.of_stills() ? "it makes stills, and '" : "it makes clips, and '") +
               model.id + (model.lattice.of_stills() ? "' stills." : "' clips.");
    }
    for (const RecipeInput& input : clip.inputs) {
        if (!is_among(input.role, drafter.inputs)) {
            return cannot + "it takes no input of the kind '" + input.role + "'.";
        }
    }
    for (const AcceptedInput& input : drafter.inputs) {
        const bool given =
            std::ranges::find(clip.inputs, input.role, &RecipeInput::role) != clip.inputs.end();
        if (input.required && !given) {
            return cannot + "it needs an input of the kind '" + input.role + "'.";
        }
    }
    return {};
}

const ModelInfo* drafter_of(const Recipe& recipe, std::span<const ModelInfo> models) {
    if (!recipe.draft || recipe.draft_model.empty() || recipe.draft_model == recipe.model) {
        return nullptr;
    }
    const auto found = std::ranges::find(models, recipe.draft_model, &ModelInfo::id);
    return found == models.end() ? nullptr : &*found;
}

std::vector<const ModelInfo*>
drafters_for(const Recipe& clip, const ModelInfo& model, std::span<const ModelInfo> models) {
    std::vector<const ModelInfo*> fitting;
    for (const ModelInfo& other : models) {
        const bool lighter =
            other.weight_bytes < model.weight_bytes || other.default_steps < model.default_steps;
        const bool knows_enough = !other.demonstration || model.demonstration; // which is a few words
        if (other.id != model.id && lighter && knows_enough && why_no_draft(other, model, clip).empty()) {
            fitting.push_back(&other);
        }
    }
    return fitting;
}

} // namespace rushes
