// The pictures and clips that a run starts from: files on the disk, in a recipe, decoded.
#pragma once

#include "generation/recipe.h"
#include "models/run_inputs.h"

#include <filesystem>
#include <string>

namespace rushes {

/// Frames of a clip that is gone on from, at most: what models look back on, and no more.
inline constexpr std::size_t most_clip_frames = 33;

/// `file` as a recipe holds it: its absolute path and the hash of all its bytes. Throws Error{user} for one
/// that cannot be read.
RecipeInput recipe_input(const std::string& role, const std::filesystem::path& file);

/// The same for a LoRA.
RecipeLora recipe_lora(const std::filesystem::path& file, double strength);

/// What an input looks like: the picture, or the last frame of a clip that is gone on from. Throws as
/// read_inputs().
FramePtr input_picture(const RecipeInput& input);

/// The picture (of a clip its first frame), the last picture (its last), or the last frames of the clip, by
/// role; upright, in their own size. Throws Error{user} with a sentence for a file, a LoRA too, that is gone
/// or is another one than when the recipe was made, and for what is no picture (media/read_picture.h).
RunInputs read_inputs(const Recipe& recipe);

} // namespace rushes
