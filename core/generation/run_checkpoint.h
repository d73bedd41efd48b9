// What of a run is on the disk: the clean latents of the blocks that are done, and where the solver stands
// within the one at hand. Small files, each written beside its place and renamed.
#pragma once

#include "models/pipeline.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace rushes {

struct CheckpointFile;
struct TensorBundle;

// Note [going on]
// A run that goes on makes the same frames as one that was never stopped, bit for bit on the same device:
// noise is drawn again in the same order, a causal model's cache is filled again from the latents of the
// blocks by the same calls, and a solver goes on with the very tensors that it had. Frames are decoded again
// from the first one on: decoding has a state of its own, and takes little beside the rest.
class RunCheckpoint {
public:
    using Note = std::function<void(const std::string& sentence)>;

    /// `own`: the folder of this run alone; what is in it of another run is thrown away, and `note` told that
    /// the run begins again. Empty: nothing is kept. `kept`: the folders of what earlier runs left
    /// (jobs/kept_runs.h); only looked at. Where it is given, the run keeps all of its steps and not the
    /// last one only, so that others may part from any of them.
    RunCheckpoint(std::filesystem::path own, std::filesystem::path kept, std::string identity, Note note);

    struct Place {
        int pass = 0;
        int block = 0;
        std::string lineage; ///< Note [lineage] in checkpoint_files.h
    };

    /// Where the solver stands.
    struct Steps {
        int done = 0; ///< of the block
        Denoising::State state;
    };

    /// The lineage of what no change came before.
    const std::string& identity() const { return identity_; }

    bool empty() const { return files_.empty(); } ///< no earlier run did anything of this one

    int first_pass() const; ///< the latest that there is something of

    /// Undefined, or none: there is nothing of it.
    at::Tensor block(const Place& place);
    std::optional<Steps> steps(const Place& place, int done);

    /// Another prompt that somebody wished for before this block, of this run alone.
    std::optional<std::string> prompt(const Place& place);

    /// A disk that takes no more costs the checkpoint, not the run: `note` is told once.
    void keep_block(const Place& place, const at::Tensor& latents);
    /// `steps`: that the block will have.
    void keep_steps(const Place& place, const Steps& done, int steps);
    void keep_prompt(const Place& place, const std::string& prompt);

    /// The run is finished: nothing stays of its own.
    void forget();

    /// What was read cannot be gone on from: nothing of it stays, and `note` is told that the run begins
    /// again.
    void refuse(const std::string& problem);

private:
    CheckpointFile file_of(const char* kind, const Place& place, int steps) const;
    std::optional<TensorBundle> read(const char* kind, const Place& place, int steps);
    bool keep(const CheckpointFile& file, const Place& place, TensorBundle bundle);
    void look_into_kept(const std::filesystem::path& kept);
    void look_into_own();

    std::filesystem::path own_;
    const bool every_step_;
    const std::string identity_;
    Note note_;
    std::map<std::string, std::filesystem::path> files_; ///< of earlier runs, by name
    std::filesystem::path last_steps_;                   ///< that the next ones replace
};

} // namespace rushes
