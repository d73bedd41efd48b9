// Clips that are being written are noted, so that the next start finds what a kill left of them.
#pragma once

#include <filesystem>
#include <vector>

namespace rushes {

/// state_dir()/unfinished: a small file for each clip that is being written.
std::filesystem::path unfinished_notes();

/// Lives while a file is written; what it leaves after a kill is found by recover_unfinished().
class UnfinishedNote {
public:
    enum class Then { recover, remove };

    /// `folder` of the notes; empty: nothing is noted. Never throws: a note that can't be written costs the
    /// recovery, not the clip.
    UnfinishedNote(const std::filesystem::path& folder, const std::filesystem::path& target, Then then);

    /// The clip is made by another recipe than its file says: what is recovered gets this one. Never throws.
    void tell(const std::string& recipe_json);
    ~UnfinishedNote();
    UnfinishedNote(const UnfinishedNote&) = delete;
    UnfinishedNote& operator=(const UnfinishedNote&) = delete;

private:
    void write(const std::filesystem::path& file, const std::string& recipe_json);

    const std::filesystem::path target_;
    const Then then_;
    std::filesystem::path file_; ///< empty: nothing is noted
};

/// The clips that were saved: files under their own names, playable, with the recipe inside. Files without a
/// frame and left-overs of exports are removed; what another process writes stays. Never throws.
std::vector<std::filesystem::path> recover_unfinished(const std::filesystem::path& folder);

} // namespace rushes
