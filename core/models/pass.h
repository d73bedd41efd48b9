// One run of a model, complete: what a family's pipeline needs to know and nothing else. No libtorch here.
#pragma once

#include "base/frame.h"
#include "models/lattice.h"

#include <cstdint>
#include <string>

namespace rushes {

enum class PassKind {
    draft,  ///< quick and rough, thrown away
    base,   ///< the clip, or the small one that a refinement starts from
    refine, ///< makes more of the pass before it
};

enum class PassStart {
    noise,
    inputs,   ///< pictures of the run (RunInputs)
    previous, ///< the clean latents of the pass before
};

/// How latents become pictures, by what that takes beside the model.
enum class DecodeWay {
    whole,  ///< a latent frame at a time: the quickest
    frames, ///< the finest levels take one video frame at a time: the same pictures, a little more slowly
    tiles,  ///< part by part, blended where they overlap: nearly the same pictures, those of a clip late
};

struct Pass {
    PassKind kind = PassKind::base;
    PassStart start = PassStart::noise;
    int width = 0;  ///< pixels, on the model's lattice
    int height = 0; ///< pixels
    int frames = 0; ///< on the lattice too
    FrameRate frame_rate{16, 1};
    int steps = 0;
    double guidance_scale = 1; ///< <= 1: one forward a step
    std::uint64_t seed = 0;    ///< of a CPU generator: same noise on every device
    std::string scheduler;     ///< one of ModelInfo::schedulers
    bool fast_decode = false;  ///< by the tiny decoder, where the model has one
    DecodeWay decode = DecodeWay::whole;
    double motion_scale = 1; ///< how much moves, where the model can change that (1: as trained)

    bool guided() const { return guidance_scale > 1; }

    bool operator==(const Pass&) const = default;
};

/// Throws Error{bug} for a pass off the lattice: make_plan() makes none.
void require_on_lattice(const Pass& pass, const Lattice& lattice);

} // namespace rushes
