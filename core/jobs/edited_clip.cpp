#include "jobs/edited_clip.h"

#include "base/error.h"
#include "base/paths.h"
#include "jobs/read_inputs.h"
#include "jobs/unfinished.h"
#include "media/clip_reader.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

using Json = nlohmann::ordered_json;

/// The first one there is.
Recipe recipe_of(const ClipEdit& edit) {
    for (const ClipPart& part : edit.parts) {
        if (const auto json = read_recipe(part.file)) {
            Recipe recipe = recipe_from_json(*json);
            recipe.model_hash.clear();
            return recipe;
        }
    }
    return {};
}

Edited made_of(const ClipEdit& edit, const EditPlan& plan, const std::stop_token& stop) {
    Edited edited;
    edited.loop = edit.loop;
    if (edit.loop == Loop::fade) {
        edited.fade =
            std::ranges::count_if(plan.frames, [](const MixedFrame& frame) { return frame.share > 0; });
    }
    for (std::size_t i = 0; i < edit.parts.size(); ++i) {
        throw_if_stopped(stop);
        const RecipeInput source = recipe_input(role_clip, edit.parts[i].file);
        edited.parts.push_back({source.hash, source.path, plan.parts[i].first, plan.parts[i].last});
    }
    return edited;
}

} // namespace

std::filesystem::path edit_target(const ClipEdit& edit, const std::filesystem::path& folder) {
    const std::filesystem::path& first = edit.parts.front().file;
    const char* what = edit.parts.size() > 1 ? "-joined" : edit.loop != Loop::none ? "-loop" : "-cut";
    const std::array<std::string, 4> own{".mp4", ".mkv", ".gif", ".webp"};
    std::string suffix = lower_extension(first);
    if (std::ranges::find(own, suffix) == own.end()) {
        suffix = ".mp4";
    }
    return folder / (first.stem().string() + what + suffix);
}

EditedFile edit_clips(
    const ClipEdit& edit,
    const std::filesystem::path& target,
    const std::filesystem::path& notes,
    const ExportSettings& settings,
    const std::function<void(double share)>& done,
    const std::stop_token& stop
) {
    const auto begin = std::chrono::steady_clock::now();
    const EditPlan plan = plan_edit(edit);
    if (static_cast<std::int64_t>(plan.frames.size()) > max_clip_frames) {
        throw Error(
            ErrorKind::user,
            "This clip would have " + std::to_string(plan.frames.size()) + " frames: at most " +
                std::to_string(max_clip_frames) + " are kept in one."
        );
    }
    const Edited edited = made_of(edit, plan, stop);
    ClipRecord record;
    record.recipe = recipe_of(edit);
    Json recipe = Json::parse(to_json(record.recipe));
    recipe.update(Json::parse(to_json(edited)));
    const UnfinishedNote note(notes, target, UnfinishedNote::Then::remove);
    const ExportResult written = write_edit(edit, plan, target, settings, recipe.dump(), done, stop);
    std::error_code ignored;
    record.file = std::filesystem::absolute(written.path, ignored);
    record.recipe.frame_rate = plan.rate;
    record.width = written.width;
    record.height = written.height;
    record.frames = written.frames;
    record.seconds_to_make = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    record.report_json = to_json(edited);
    return {record, plan.fitted};
}

} // namespace rushes
