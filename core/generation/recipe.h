// Everything that decides the picture, as a plain value. Written into every file the program makes; dropped
// back on the window it restores every control.
#pragma once

#include "base/frame.h"

#include <cstdint>
#include <string>

namespace rushes {

struct Recipe {
    /// Raised when an older program could misread a recipe. Readers refuse newer ones with a sentence.
    static constexpr int schema_version = 1;

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
    std::string dtype = "fp32"; ///< fp32 | bf16
    bool draft = true;          ///< a quick low-resolution pass first, where the model gains from one
    std::string program_version;

    bool operator==(const Recipe&) const = default;
};

/// Longest prompt taken, in bytes of UTF-8.
inline constexpr std::size_t max_prompt_bytes = 8192;

// Outer limits of any recipe; a model's own lattice is narrower (see make_plan).
inline constexpr int max_picture_side = 16'384;
inline constexpr int max_clip_frames = 100'000;
inline constexpr int max_steps = 1000;
inline constexpr double max_guidance_scale = 100;

/// One JSON object, UTF-8, with "schema_version". Throws Error{user} when a text is not UTF-8.
std::string to_json(const Recipe& recipe);

/// Throws Error{user} with one sentence for text that is not a recipe, a value out of range, or a newer
/// schema. Unknown keys are passed over; a missing key leaves its default.
Recipe recipe_from_json(const std::string& json);

} // namespace rushes
