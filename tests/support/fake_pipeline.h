// A pipeline without weights: seeded noise that each step shrinks, decoded by repeating pixels. It writes
// down its calls and can be told to do something (request a stop, throw) at any of them.
#pragma once

#include "models/pipeline.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rushes::testing {

struct FakeCalls {
    std::vector<std::string> log; ///< "load", "encode", "begin 0", "step 0 1", "finish 0", "decode" ...
    /// Called with each entry before the call does anything; may request a stop or throw.
    std::function<void(const std::string&)> at_call;
    std::function<void()> at_preview; ///< on the preview thread, before each preview
    std::vector<std::string> loaded;  ///< dtype of each load
    std::vector<Brief> briefs;        ///< of each conditioning
    std::vector<at::Tensor> previous; ///< that each pass was given
    bool decodes_late = false;        ///< each call gives what the one before it decoded, finish() the last
    bool changes_loras = false;       ///< without loading again
    std::function<void(const ShareDone& done)> within; ///< in the middle of each step and decoded latent

    void tell(const ShareDone& done) const {
        if (within) {
            within(done);
        }
    }

    void note(const std::string& call) {
        log.push_back(call);
        if (at_call) {
            at_call(call);
        }
    }
};

/// Latents: 4 channels, 1/8 of the size; blocks of one latent frame for causal models.
std::unique_ptr<Pipeline>
make_fake_pipeline(const ModelInfo& info, const LoadOptions& options, FakeCalls& calls, std::stop_token stop);

} // namespace rushes::testing
