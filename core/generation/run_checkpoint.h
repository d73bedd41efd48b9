// What of a run is on the disk: the clean latents of the blocks that are done, and where the solver stands
// within the one at hand. Small files, each written beside its place and renamed.
#pragma once

#include "models/pipeline.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace rushes {

struct TensorBundle;

// Note [going on]
// A run that goes on makes the same frames as one that was never stopped, bit for bit on the same device:
// noise is drawn again in the same order, a causal model's cache is filled again from the latents of the
// blocks by the same calls, and a solver goes on with the very tensors that it had. Frames are decoded again
// from the first one on: decoding has a state of its own, and takes little beside the rest.
class RunCheckpoint {
public:
    using Note = std::function<void(const std::string& sentence)>;

    /// Reads what is in `folder`. What belongs to another `identity` or is damaged is thrown away, and `note`
    /// told that the run begins again. An empty folder name: nothing is kept.
    RunCheckpoint(std::filesystem::path folder, std::string identity, Note note);

    /// Where the solver stands.
    struct Steps {
        int done = 0; ///< of the block
        Denoising::State state;
    };

    int first_pass() const { return first_pass_; } ///< the latest that there is something of

    /// Undefined, or none: there is nothing of it.
    at::Tensor block(int pass, int block) const;
    std::optional<Steps> steps(int pass, int block) const;

    /// Another prompt that somebody wished for before this block.
    std::optional<std::string> prompt(int pass, int block) const;

    /// A disk that takes no more costs the checkpoint, not the run: `note` is told once.
    void keep_block(int pass, int block, const at::Tensor& latents);
    void keep_steps(int pass, int block, const Steps& steps);
    void keep_prompt(int pass, int block, const std::string& prompt);

    /// The run is finished: nothing stays.
    void forget();

    /// What was read cannot be gone on from: nothing of it stays, and `note` is told that the run begins
    /// again.
    void refuse(const std::string& problem);

private:
    using Place = std::pair<int, int>; ///< pass and block

    void read();
    void take(const TensorBundle& bundle);
    void keep(const std::string& kind, const Place& place, TensorBundle bundle);

    std::filesystem::path folder_;
    std::string identity_;
    Note note_;
    int first_pass_ = 0;
    std::map<Place, at::Tensor> blocks_; ///< from an earlier run
    std::map<Place, std::string> prompts_;
    std::map<Place, Steps> steps_;
};

} // namespace rushes
