// Everything that decides the picture, as a plain value. Written into every file the program makes; dropped
// back on the window it restores every control.
#pragma once

#include "base/frame.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rushes {

/// A picture or clip that the run starts from.
struct RecipeInput {
    std::string role;         ///< one that the model takes: models/run_inputs.h
    std::string hash;         ///< of the content: SHA-256 of the file, hexadecimal
    std::string path;         ///< where it was found
    std::string made_by = {}; ///< the recipe in the file, as JSON: of a still that came first; mostly empty
    int frame = 0;            ///< of the clip, where a picture is that stands within it
    bool operator==(const RecipeInput&) const = default;
};

struct RecipeLora {
    std::string hash; ///< SHA-256 of the file, hexadecimal
    std::string path; ///< where it was found
    double strength = 1;
    bool operator==(const RecipeLora&) const = default;
};

/// Another prompt from a frame of the clip on, for models that work block by block: from the first block that
/// begins there or later, at the latest the last one.
struct PromptChange {
    int frame = 0;
    std::string prompt;
    bool operator==(const PromptChange&) const = default;
};

/// Other values from a step on, for models that make the clip in one piece: its first steps are those of the
/// clip without the change. Two clips that part at a step have what came before in common.
struct StepChange {
    int after_steps = 0;
    std::string prompt;         ///< empty: as before
    double guidance_scale = -1; ///< < 0: as before
    bool operator==(const StepChange&) const = default;
};

struct Recipe {
    /// The newest format. Raised when an older program could misread a recipe: 2 knows inputs, LoRAs and fast
    /// decoding, 3 the motion scale and prompts that change, 4 values that change at a step, and a reader
    /// that passed over them would make another clip. Readers refuse newer ones with a sentence; each recipe
    /// is written in the oldest format that can hold it.
    static constexpr int schema_version = 4;

    std::string prompt;
    std::string negative_prompt;
    std::string model;      ///< ModelInfo::id
    std::string model_hash; ///< ModelInfo::hash when the clip was made; empty: not known yet
    std::uint64_t seed = 0;
    int width = 0;              ///< pixels; 0: the model's default
    int height = 0;             ///< pixels; 0: the model's default
    int frames = 0;             ///< 0: the model's default
    FrameRate frame_rate{0, 1}; ///< 0/1: the model's default
    int steps = 0;              ///< 0: the model's default
    double guidance_scale = -1; ///< < 0: the model's default; 1: no classifier-free guidance
    std::string scheduler;      ///< empty: the model's own
    std::string dtype = "auto"; ///< fp32 | bf16; auto: a plan settles it by the device
    bool fast_decode = false;   ///< by a tiny decoder beside the model: quick and a little rough
    double motion_scale = 1;    ///< how much moves; 1: as trained, 0: nothing
    bool draft = true;          ///< a quick low-resolution pass first, where the model gains from one
    std::string draft_model;    ///< ModelInfo::id that makes it; empty: the model itself
    std::vector<RecipeInput> inputs;
    std::vector<RecipeLora> loras;
    std::vector<PromptChange> prompt_changes;
    std::vector<StepChange> step_changes;
    std::string program_version;

    bool operator==(const Recipe&) const = default;
};

/// Longest prompt taken, in characters (code points).
inline constexpr std::size_t max_prompt_characters = 8192;

/// "808 characters too long".
std::string too_long(std::size_t characters, std::size_t most);

// Outer limits of any recipe; a model's own lattice is narrower (see make_plan).
inline constexpr int max_picture_side = 16'384;
inline constexpr int max_clip_frames = 100'000;
inline constexpr int max_steps = 1000;
inline constexpr double max_guidance_scale = 100;
inline constexpr double max_motion_scale = 2;
inline constexpr double max_lora_strength = 10;       ///< either way: a LoRA may be turned round
inline constexpr std::size_t max_recipe_files = 64;   ///< inputs, and LoRAs
inline constexpr std::size_t max_prompt_changes = 24; ///< and step changes

/// One JSON object, UTF-8, with "schema_version". Throws Error{user} when a text is not UTF-8.
std::string to_json(const Recipe& recipe);

/// Throws Error{user} with one sentence for text that is not a recipe, a value out of range, or a newer
/// schema. Unknown keys are passed over; a missing key leaves its default.
Recipe recipe_from_json(const std::string& json);

} // namespace rushes
