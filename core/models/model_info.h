// What a model directory says about itself, before any weight is read. No libtorch here: the window and the
// planner use it while the engine is still being loaded.
#pragma once

#include "base/audio.h"
#include "base/frame.h"
#include "models/cost.h"
#include "models/lattice.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rushes {

/// A named choice of steps offered as one click ("Fast", "Balanced", "Quality").
struct Tier {
    std::string id; ///< fast | balanced | quality
    int steps = 0;
};

/// A scheduler with steps and guidance of its own, for students that were distilled to a few.
struct StepSchedule {
    std::string scheduler; ///< one of ModelInfo::schedulers
    int steps = 0;         ///< usual
    int most = 0;
};

/// How a model's quick first look differs from the clip.
struct DraftShape {
    int long_side = 256;   ///< pixels; enough to judge composition and motion. At most half of the clip's
    int latent_frames = 5; ///< at most
    int steps = 0;         ///< 0: a fifth of the clip's, four at least; a distilled model keeps its own
};

/// How a model makes a clip in two passes: a small one, and more of it.
struct Refinement {
    int scale = 2; ///< the first pass has sides this much smaller; Lattice::size_multiple is a multiple of it
    int steps = 0; ///< of the second pass; the recipe's are those of the first
    bool optional = false; ///< without a draft (Recipe::draft) one pass makes the clip
};

/// A picture or clip that a model can start from (models/run_inputs.h).
struct AcceptedInput {
    std::string role;
    bool required = false;       ///< it makes nothing without
    std::string instead_of = {}; ///< a role that it stands for: of the two there is one at most
};

/// How much of a prompt a text encoder takes at once, and how much there is.
struct PromptLength {
    int pieces = 0; ///< of the tokenizer, without the marks of start and end
    int chunk = 0;  ///< pieces that go into one chunk
    int chunks = 1; ///< that the prompt takes
};

/// A model's own. The first call reads the tokenizer, which takes a moment: not for the window's thread.
/// Throws Error{user}.
using PromptMeter = std::function<PromptLength(const std::string& prompt)>;

struct ModelInfo {
    std::string id;                  ///< short name for --model and recipes, from the directory's name
    std::string name;                ///< for people
    std::string description;         ///< one sentence
    std::string licence;             ///< as its files say (licence.h); empty: they don't
    std::filesystem::path directory; ///< holds model_index.json
    /// Where components are that are no folder of `directory`: single files, companions found elsewhere.
    std::map<std::string, std::filesystem::path> parts;
    std::string family; ///< key of the registry
    std::string hash;   ///< of the small files and the weights' headers: two models differ, hashes differ

    bool causal = false;        ///< generates block by block through a KV cache
    bool demonstration = false; ///< the model that ships inside

    Lattice lattice; ///< that the weights were trained on
    int default_frames = 81;
    FrameRate frame_rate{16, 1};
    int default_steps = 50;
    bool fixed_steps = false; ///< distilled to exactly default_steps
    double default_guidance = 5.0;
    bool guidance_adjustable = true;
    std::vector<std::string> schedulers; ///< names accepted in a recipe; the first is the model's own
    std::vector<StepSchedule> few_steps; ///< which of them are a student's; a guidance of 1 goes with them
    std::vector<Tier> tiers;

    DraftShape draft;
    std::optional<Refinement> refinement; ///< none: one pass makes the clip

    std::optional<AudioShape> sound; ///< none: its clips are silent

    std::vector<AcceptedInput> inputs; ///< none: it is made from text alone
    bool takes_loras = false;
    bool takes_motion_scale = false; ///< Pass::motion_scale says how much moves
    bool fits_small_cards = false;   ///< LoadOptions::denoiser, a text encoder on the CPU and
                                     ///< Pass::decode are obeyed and foretold

    std::uint64_t weight_bytes = 0;      ///< on disk, all components
    CostOfPass cost;                     ///< the family's own
    std::vector<std::string> examples;   ///< prompts that show what it can do
    std::vector<std::string> vocabulary; ///< words a demonstration model knows; empty: any text
    std::string default_negative;        ///< a negative prompt that serves most of its clips; empty: none
    PromptMeter prompt_meter;            ///< empty: a prompt may be as long as it likes

    std::filesystem::path part(const std::string& component) const {
        const auto found = parts.find(component);
        return found == parts.end() ? directory / component : found->second;
    }
};

/// A checkpoint that others publish in the diffusers layout and this program can run. Nothing of it ships.
struct PublishedModel {
    std::string name;               ///< for people
    std::string repository;         ///< on the Hugging Face Hub
    std::uint64_t memory_bytes = 0; ///< with all its components loaded

    /// Whether it leaves a sixth of `memory` to what it computes and to everything else.
    bool fits(std::uint64_t memory) const { return memory_bytes <= memory / 6 * 5; }
};

} // namespace rushes
