// The quick first look at a clip: a small pass of its own model, or what another model makes of the recipe.
#pragma once

#include "generation/recipe.h"
#include "models/model_info.h"
#include "models/pass.h"

#include <span>
#include <string>
#include <vector>

namespace rushes {

/// Of the clip's own model: small, short and rough.
Pass draft_pass(const Pass& final, const ModelInfo& model);

/// What another model makes of a clip for a first look, as a recipe of its own: in its sizes, with its steps
/// and its guidance, without LoRAs and without what changes on the way.
Recipe draft_recipe(const Recipe& clip, const ModelInfo& drafter);

/// Why a model cannot make the draft of another one's clip, one sentence; empty: it can.
std::string why_no_draft(const ModelInfo& drafter, const ModelInfo& model, const Recipe& clip);

/// Recipe::draft_model among `models`; null where no other model is to make the draft, or it is not there.
const ModelInfo* drafter_of(const Recipe& recipe, std::span<const ModelInfo> models);

/// Those of `models` worth offering for the draft of such a clip: they can make it, and are smaller or
/// quicker.
std::vector<const ModelInfo*>
drafters_for(const Recipe& clip, const ModelInfo& model, std::span<const ModelInfo> models);

} // namespace rushes
