#include "serve/desk.h"

#include "base/atomic_file.h"
#include "base/sha256.h"
#include "generation/drafting.h"
#include "generation/memory_check.h"
#include "jobs/clip_file.h"
#include "jobs/record.h"
#include "serve/events.h"
#include "serve/file_frames.h"

#include <algorithm>
#include <set>

namespace rushes::serve {
namespace {

constexpr int cannot_be_made = 422;
constexpr int too_many = 429;
constexpr int ending = 503;

bool is_there(const std::filesystem::path& file) {
    std::error_code none;
    return std::filesystem::is_regular_file(file, none);
}

} // namespace

Desk::Desk(const ServiceParts& parts, const DeviceInfo& device, Broadcast& broadcast, Measures& measures)
    : parts_(parts),
      device_(device),
      broadcast_(broadcast),
      measures_(measures),
      pictures_(parts.pictures),
      queue_(parts.queue),
      library_(parts.library),
      speeds_(parts.speeds),
      models_(parts.find_models()) {}

Plan Desk::plan_of(const Recipe& recipe) {
    std::vector<ModelInfo> models = this->models();
    // By its name only: a path would let a client read what lies on this machine.
    const auto model =
        recipe.model.empty() ? models.begin() : std::ranges::find(models, recipe.model, &ModelInfo::id);
    if (model == models.end()) {
        throw Error(
            ErrorKind::user,
            "The model '" + recipe.model + "' is not installed here.",
            "GET /v1/models lists those that are."
        );
    }
    Plan plan = make_plan(recipe, *model, load_options_for(device_), drafter_of(recipe, models));
    if (const auto lack = lack_of_memory(plan, device_)) {
        throw Error(*lack);
    }
    return plan;
}

Desk::Price Desk::price(Recipe recipe) {
    try {
        recipe.program_version = parts_.program_version;
        find_pictures(recipe);
        Plan plan = plan_of(recipe);
        const std::lock_guard lock(mutex_);
        Estimate estimate = speeds_.estimate(plan, device_);
        return {std::move(plan), estimate};
    } catch (const Error& error) {
        throw Refused(cannot_be_made, error);
    }
}

/// A client names them by their hash alone.
void Desk::find_pictures(Recipe& recipe) const {
    for (RecipeInput& input : recipe.inputs) {
        if (!input.path.empty()) {
            continue;
        }
        const std::filesystem::path file = pictures_.find(input.hash);
        if (file.empty()) {
            throw Error(
                ErrorKind::user,
                "The picture '" + input.hash.substr(0, 64) + "' is not here (any more).",
                "Send it to /v1/pictures first."
            );
        }
        input.path = file.string();
    }
}

PictureShelf::Kept Desk::keep_picture(std::string_view bytes) {
    std::set<std::string> in_use;
    for (const Job& job : with_queue([](JobQueue& queue) { return queue.jobs(); })) {
        if (job.waits() || job.state == JobState::running) {
            for (const RecipeInput& input : job.recipe.inputs) {
                in_use.insert(input.hash);
            }
        }
    }
    try {
        const std::lock_guard lock(picture_mutex_);
        return pictures_.keep(bytes, in_use);
    } catch (const Error& error) {
        constexpr int minute = 60;
        const bool later = error.kind() == ErrorKind::transient;
        throw Refused(later ? too_many : cannot_be_made, error, later ? minute : 0);
    }
}

std::filesystem::path Desk::picture_of(const ClipRecord& clip, const std::string& role) {
    const auto& inputs = clip.recipe.inputs;
    const auto input = std::ranges::find(inputs, role, &RecipeInput::role);
    if (input == inputs.end()) {
        return {};
    }
    if (auto kept = pictures_.find(input->hash); !kept.empty()) {
        return kept;
    }
    // The program around makes clips from any file; only what is still the same one is shown.
    if (!is_there(input->path) || std::filesystem::file_size(input->path) > most_picture_bytes) {
        return {};
    }
    const std::string bytes = read_file(input->path);
    Sha256 hash;
    hash.update(bytes);
    try {
        return hash.finish() == input->hash ? pictures_.find(keep_picture(bytes).hash)
                                            : std::filesystem::path();
    } catch (const Refused&) {
        return {}; // no picture, but a clip that another goes on from
    }
}

std::vector<Recipe> Desk::missing(const std::vector<Recipe>& complete) {
    const std::lock_guard lock(mutex_);
    std::set<std::string> known; // as JSON: what is the same there is the same clip
    for (const Job& job : queue_.jobs()) {
        if (is_warm(job.id) && job.waits()) {
            known.insert(to_json(job.recipe));
        }
    }
    std::vector<Recipe> missing;
    for (const Recipe& recipe : complete) {
        if (!known.insert(to_json(recipe)).second) {
            continue;
        }
        const auto clip = library_.find(recipe);
        if (!clip || !is_there(clip->file)) {
            missing.push_back(recipe);
        }
    }
    return missing;
}

Desk::Added Desk::add(const Client& client, Recipe recipe, const std::string& key) {
    if (closed_) {
        throw Refused(
            ending, Error(ErrorKind::transient, "The service is ending.", "Try again in a minute."), 60
        );
    }
    const Price price = this->price(std::move(recipe));
    const std::string id = job_id_for(client, key);
    if (auto before = known(id, price.plan)) {
        return *before;
    }
    if (auto made = cached(id, price.plan)) {
        measures_.job_cached();
        broadcast_.queue_changed();
        return *made;
    }
    Added added{{}, price.plan, true, 0, price.estimate.seconds, std::nullopt};
    added.job.id = id;
    added.job.recipe = price.plan.recipe;
    added.place = waiting();
    if (added.place >= parts_.most_waiting) {
        const int wait = std::clamp(static_cast<int>(price.estimate.seconds) + 1, 1, 3600);
        throw Refused(
            too_many,
            Error(
                ErrorKind::transient,
                std::to_string(added.place) + " jobs wait already, and no more are taken.",
                "Try again in " + std::to_string(wait) + " s."
            ),
            wait
        );
    }
    with_queue([&](JobQueue& queue) { return queue.add({id, added.job.recipe}); });
    job_added();
    broadcast_.queue_changed();
    return added;
}

std::optional<Desk::Added> Desk::known(const std::string& id, const Plan& plan) {
    const auto job = with_queue([&](JobQueue& queue) { return queue.find(id); });
    if (!job) {
        return std::nullopt;
    }
    if (job->recipe != plan.recipe) {
        throw Refused(
            cannot_be_made,
            Error(
                ErrorKind::user,
                "This idempotency key was used for another recipe.",
                "Use a new key for a new wish."
            )
        );
    }
    Added added{*job, plan, false, 0, 0, std::nullopt};
    if (job->state == JobState::done) {
        added.cached = clip_of(*job);
    }
    return added;
}

std::optional<Desk::Added> Desk::cached(const std::string& id, const Plan& plan) {
    const std::lock_guard lock(mutex_);
    auto clip = library_.find(plan.recipe);
    if (!clip || !is_there(clip->file)) {
        return std::nullopt;
    }
    queue_.add_made({id, plan.recipe}, clip->file);
    const auto job = queue_.find(id);
    return job ? std::optional(Added{*job, plan, true, 0, 0, clip}) : std::nullopt;
}

std::vector<Job> Desk::jobs(const Client& client) {
    auto jobs = with_queue([](JobQueue& queue) { return queue.jobs(); });
    std::erase_if(jobs, [&](const Job& job) { return !client.may_see(job.id); });
    return jobs;
}

std::optional<Job> Desk::job(const Client& client, const std::string& id) {
    // Whose it is not, it does not exist for.
    return client.may_see(id) ? with_queue([&](JobQueue& queue) { return queue.find(id); }) : std::nullopt;
}

bool Desk::stop(const Client& client, const std::string& id) {
    if (!client.may_see(id)) {
        return false;
    }
    if (stop_running(id)) {
        return true;
    }
    const bool cancelled = with_queue([&](JobQueue& queue) { return queue.cancel(id); });
    if (cancelled) {
        broadcast_.end(id, cancelled_event(id));
    }
    return cancelled;
}

void Desk::steer(const Client& client, const std::string& id, const std::string& prompt) {
    const auto known = job(client, id);
    if (!known) {
        throw Refused(404, Error(ErrorKind::user, "There is no job '" + id + "' of yours."));
    }
    const auto steering = steering_of(id);
    if (steering == nullptr) {
        throw Refused(
            409,
            known->state == JobState::running
                ? Error(
                      ErrorKind::user,
                      "The model makes its clip in one piece: its prompt cannot change on the way.",
                      "Choose a model that works block by block."
                  )
                : Error(
                      ErrorKind::user,
                      std::string("The clip is not being made: its job is ") + to_text(known->state) + ".",
                      "Its prompt changes while it is made."
                  )
        );
    }
    try {
        steering->wish(prompt);
    } catch (const Error& error) {
        throw Refused(409, error);
    }
}

int Desk::waiting() {
    return with_queue([](JobQueue& queue) { return queue.people_waiting(); });
}

std::vector<ClipRecord> Desk::clips(const Client& client, const std::string& search, int most) {
    if (client.owner) {
        const std::lock_guard lock(mutex_);
        return library_.list({.words = search}, most);
    }
    std::set<std::filesystem::path> own;
    for (const Job& job : jobs(client)) {
        own.insert(job.clip);
    }
    const std::lock_guard lock(mutex_);
    std::vector<ClipRecord> clips = library_.list({.words = search}, 1000);
    std::erase_if(clips, [&](const ClipRecord& clip) { return !own.contains(clip.file); });
    clips.resize(std::min(clips.size(), static_cast<std::size_t>(most)));
    return clips;
}

std::optional<ClipRecord> Desk::clip(const Client& client, std::int64_t id) {
    std::optional<ClipRecord> clip;
    {
        const std::lock_guard lock(mutex_);
        clip = library_.find(id);
    }
    if (!clip || client.owner) {
        return clip;
    }
    const auto own = jobs(client);
    const bool made = std::ranges::any_of(own, [&](const Job& job) { return job.clip == clip->file; });
    return made ? clip : std::nullopt;
}

std::optional<ClipRecord> Desk::clip_of(const Job& job) {
    return job.clip.empty() ? std::nullopt : clip_in(job.clip);
}

std::optional<ClipRecord> Desk::clip_in(const std::filesystem::path& file) {
    const std::lock_guard lock(mutex_);
    return library_.find(file);
}

std::vector<ModelInfo> Desk::models() {
    const std::lock_guard lock(mutex_);
    return models_;
}

void Desk::read_models() {
    auto models = parts_.find_models();
    const std::lock_guard lock(mutex_);
    models_ = std::move(models);
}

void Desk::read_speeds() {
    SpeedBook speeds(parts_.speeds);
    const std::lock_guard lock(mutex_);
    speeds_ = std::move(speeds);
}

bool Desk::show(const Job& job) {
    if (broadcast_.find(job.id) != nullptr) {
        return true;
    }
    const auto clip = clip_of(job);
    if (!clip || !is_there(clip->file)) {
        return false;
    }
    try {
        const auto frames = std::make_shared<FileFrames>(clip->file);
        const auto live = broadcast_.begin(
            job.id, {clip->width, clip->height, frames->frames(), 0, clip->recipe.frame_rate}
        );
        live->set_file(frames->frames(), [frames](std::int64_t index) { return (*frames)(index); });
        live->end(complete_event(job.id, *clip, true));
        return true;
    } catch (const Error&) {
        return false; // the file is damaged
    }
}

std::int64_t Desk::remember(const ClipRecord& record) {
    const auto look = look_of_file(record.file);
    const std::lock_guard lock(mutex_);
    const std::int64_t id = library_.add(record);
    if (look) {
        library_.set_look(id, *look);
    }
    return id;
}

void Desk::learn(const JobResult& result, const Plan& plan) {
    const std::lock_guard lock(mutex_);
    learn_from(result, plan, device_, speeds_);
}

} // namespace rushes::serve
