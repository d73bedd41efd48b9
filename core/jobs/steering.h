// Other prompts for a clip while it is made (RunSinks::next_prompt): wished for by one thread, taken by the
// engine's at the next block, and kept so that the clip's recipe says what made it.
#pragma once

#include "generation/recipe.h"

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace rushes {

/// The recipe that makes the steered clip by itself. Of two changes at one frame the steered one counts.
Recipe steered(Recipe recipe, const std::vector<PromptChange>& changes);

class Steering {
public:
    /// `folder`: the run's checkpoint; what was taken is kept there too. Empty: in memory only. `on_taken` is
    /// called on the engine's thread; must not wait. `most`: changes that may be taken.
    Steering(const std::filesystem::path& folder, std::size_t most, std::function<void()> on_taken = {});

    /// Before the run: what an earlier one that it goes on from took is given to it again.
    void restore();

    /// From the next block that begins; a later wish replaces one that was not taken yet. Throws Error{user}
    /// when the clip has as many changes as it can hold.
    void wish(std::string prompt);

    /// RunSinks::next_prompt.
    std::optional<std::string> take(int first_frame);

    /// By frame.
    std::vector<PromptChange> taken() const;

    /// Not taken yet.
    std::optional<std::string> wished() const;

    /// The clip is finished: nothing stays in the folder.
    void forget();

private:
    void write(const std::map<int, std::string>& taken) const;

    const std::filesystem::path file_; ///< empty: none
    const std::size_t most_;
    const std::function<void()> on_taken_;
    mutable std::mutex mutex_;
    std::optional<std::string> wish_;
    std::map<int, std::string> taken_;
};

} // namespace rushes
