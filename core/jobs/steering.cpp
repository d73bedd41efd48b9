#include "jobs/steering.h"

#include "base/atomic_file.h"
#include "base/error.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace rushes {
namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr const char* name_in_folder = "steering.json";

} // namespace

Recipe steered(Recipe recipe, const std::vector<PromptChange>& changes) {
    for (const PromptChange& change : changes) {
        std::erase_if(recipe.prompt_changes, [&](const PromptChange& old) {
            return old.frame == change.frame;
        });
        recipe.prompt_changes.push_back(change);
    }
    std::ranges::stable_sort(recipe.prompt_changes, {}, &PromptChange::frame);
    return recipe;
}

Steering::Steering(const fs::path& folder, std::size_t most, std::function<void()> on_taken)
    : file_(folder.empty() ? fs::path() : folder / name_in_folder),
      most_(most),
      on_taken_(std::move(on_taken)) {}

void Steering::wish(std::string prompt) {
    const std::lock_guard lock(mutex_);
    if (taken_.size() >= most_) {
        throw Error(
            ErrorKind::user,
            "The prompt of this clip has changed as often as it can.",
            "Let it finish, or make another clip."
        );
    }
    wish_ = std::move(prompt);
}

std::optional<std::string> Steering::take(int first_frame) {
    std::optional<std::string> prompt;
    std::map<int, std::string> to_keep; // written without the lock: who wishes must not wait for the disk
    {
        const std::lock_guard lock(mutex_);
        if (wish_) {
            taken_[first_frame] = *std::exchange(wish_, std::nullopt);
            to_keep = taken_;
        }
        if (const auto found = taken_.find(first_frame); found != taken_.end()) {
            prompt = found->second;
        }
    }
    if (!to_keep.empty()) {
        write(to_keep);
    }
    if (prompt && on_taken_) {
        on_taken_();
    }
    return prompt;
}

std::vector<PromptChange> Steering::taken() const {
    const std::lock_guard lock(mutex_);
    std::vector<PromptChange> changes;
    for (const auto& [frame, prompt] : taken_) {
        changes.push_back({frame, prompt});
    }
    return changes;
}

std::optional<std::string> Steering::wished() const {
    const std::lock_guard lock(mutex_);
    return wish_;
}

void Steering::forget() {
    if (!file_.empty()) {
        std::error_code none;
        fs::remove(file_, none);
        fs::remove(file_.parent_path(), none); // where nothing else is in it
    }
}

/// What can't be read is as if it were not there: the checkpoint beside it has the same sentences.
void Steering::restore() {
    std::error_code none;
    if (file_.empty() || !fs::exists(file_, none)) {
        return;
    }
    std::map<int, std::string> known;
    try {
        for (const Json& change : Json::parse(read_file(file_))) {
            known[change.at("frame").get<int>()] = change.at("prompt").get<std::string>();
        }
    } catch (const std::exception&) {
        return;
    }
    const std::lock_guard lock(mutex_);
    taken_ = std::move(known);
}

void Steering::write(const std::map<int, std::string>& taken) const {
    if (file_.empty()) {
        return;
    }
    Json changes = Json::array();
    for (const auto& [frame, prompt] : taken) {
        changes.push_back({{"frame", frame}, {"prompt", prompt}});
    }
    try {
        fs::create_directories(file_.parent_path());
        write_file(file_, changes.dump());
    } catch (const std::exception&) { // NOLINT(bugprone-empty-catch)
        // A disk that takes no more costs what a restart would know, not the run.
    }
}

} // namespace rushes
