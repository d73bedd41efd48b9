// One run of a model, complete: what a family's pipeline needs to know and nothing else. No libtorch here.
#pragma once

#include "models/lattice.h"

#include <cstdint>
#include <string>

namespace rushes {

struct Pass {
    bool draft = false;
    int width = 0;  ///< pixels, on the model's lattice
    int height = 0; ///< pixels
    int frames = 0; ///< on the lattice too
    int steps = 0;
    double guidance_scale = 1; ///< <= 1: one forward a step
    std::uint64_t seed = 0;    ///< of a CPU generator: same noise on every device
    std::string scheduler;     ///< one of ModelInfo::schedulers

    bool operator==(const Pass&) const = default;
};

/// Throws Error{bug} for a pass off the lattice: make_plan() makes none.
void require_on_lattice(const Pass& pass, const Lattice& lattice);

} // namespace rushes
