// The price of fake models, in a few numbers.
#pragma once

#include "models/cost.h"

namespace rushes::testing {

/// Tokens are 16 x 16 pixels of a latent frame, which stands for four frames.
struct FakeCost {
    double weights = 2.8e9; ///< bytes as bf16
    double flop_per_token = 2.8e9;
    double flop_per_token_pair = 1e5;
    double bytes_per_token = 34e3;
    bool causal = false; ///< one latent frame at a time
    double decode_flop_per_pixel = 3e6;
    double decode_bytes_per_pixel = 8e3;

    RunCost operator()(const Pass& pass, const LoadOptions& options) const {
        const double frames = (pass.frames - 1) / 4 + 1; // NOLINT(bugprone-integer-division): whole ones
        const double per_frame = double(pass.width) * pass.height / 256;
        const double forwards = pass.steps * (pass.guided() ? 2.0 : 1.0);
        const double tokens = per_frame * frames;
        const double seen = causal ? per_frame : tokens;
        RunCost cost;
        cost.resident = {{"transformer", weights * number_bytes(options.dtype) / 2}};
        cost.denoise.flop = forwards * tokens * (flop_per_token + flop_per_token_pair * seen);
        cost.denoise.bytes = seen * bytes_per_token;
        cost.decode.flop = double(pass.width) * pass.height * pass.frames * decode_flop_per_pixel;
        cost.decode.bytes = double(pass.width) * pass.height * decode_bytes_per_pixel;
        return cost;
    }
};

} // namespace rushes::testing
