#include "session/studio_session.h"

#include "base/error.h"
#include "base/paths.h"
#include "controls/choices.h"
#include "convert.h"
#include "generation/engine.h"
#include "jobs/job_checkpoints.h"
#include "jobs/queue_estimate.h"
#include "jobs/record.h"
#include "session/clip_names.h"
#include "session/session_log.h"
#include "stage/progress_line.h"
#include "work/clip_work.h"
#include "work/home_call.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include <QCoreApplication>

namespace rushes::ui {

namespace {

std::filesystem::path newClipName(const StudioRun& run) {
    const bool still = run.plan.recipe.frames == 1;
    const QString name = clipName(run.name_pattern, run.plan.recipe);
    return unused_name(run.folder / toPath(name + QLatin1String(still ? ".png" : ".mp4")));
}

/// Nobody asked to see this clip yet: it goes on from its checkpoint, and is whole then.
void dropHalfClip(JobResult& result) {
    if (result.clip) {
        std::error_code none;
        std::filesystem::remove(result.clip->path, none);
        result.clip.reset();
    }
}

} // namespace

StudioSession::StudioSession(StudioParts parts, QObject* parent)
    : QObject(parent),
      parts_(std::move(parts)),
      videos_(parts_.videos),
      stored_queue_(parts_.queue),
      shelf_({parts_.database, parts_.thumbnails}) {
    connectQueue();
    logSession(*this);
}

StudioSession::~StudioSession() {
    if (run_) {
        run_->goes_on = true; // at the next start; what exists is kept as a clip
        run_->stop.request_stop();
    }
}

void StudioSession::start() {
    shelf_.runOnDisk([this] {
        findModels();
        callHome(this, [this, book = SpeedBook(parts_.speeds)] {
            speeds_ = book;
            emit pricesChanged();
        });
    });
    shelf_.load();
    findCards();
    recoverClips();
    stored_queue_.open([this](JobQueue& queue) {
        for (const Job& job : queue.encoded_jobs()) { // killed between the file and the library
            shelf_.adopt(job.clip, ClipState::finished, [this, id = job.id] {
                stored_queue_.change([id](JobQueue& stored) { stored.done(id); });
            });
        }
        if (queue.owned()) {
            sweep_checkpoints(parts_.checkpoints, queue);
        }
    });
    loadEngine();
}

/// What a program that was killed was making.
void StudioSession::recoverClips() {
    shelf_.runOnDisk([this] {
        std::error_code none;
        if (std::filesystem::is_empty(parts_.unfinished, none) || none) {
            return; // FFmpeg need not be loaded yet
        }
        const auto files = clipWork().recover_unfinished(parts_.unfinished);
        for (const auto& file : files) {
            shelf_.adopt(file, ClipState::stopped);
        }
        if (!files.empty()) {
            callHome(this, [this, clips = static_cast<int>(files.size())] { emit clipsRecovered(clips); });
        }
    });
}

/// On the disk's thread.
void StudioSession::findModels() {
    std::vector<std::string> problems;
    auto models = parts_.find_models(&problems);
    QStringList texts;
    for (const std::string& problem : problems) {
        texts << toQString(problem);
    }
    std::map<std::string, std::vector<WordGroup>> grammar;
    for (const ModelInfo& model : models) {
        if (!model.vocabulary.empty()) {
            try {
                grammar[model.id] = known_word_groups(model.directory);
            } catch (const Error&) {
                // The card was read a moment ago; without its kinds all words are offered.
            }
        }
    }
    callHome(this, [this, models = std::move(models), grammar = std::move(grammar), texts] {
        models_ = models;
        grammar_ = grammar;
        emit modelsFound(texts);
        estimateQueue();
        startNext();
    });
}

void StudioSession::addModel(const std::filesystem::path& directory) {
    shelf_.runOnDisk([this, directory] {
        try {
            const std::string id = parts_.add_model(directory).id;
            findModels();
            callHome(this, [this, id] { emit modelAdded(id); });
        } catch (const Error& error) {
            callHome(this, [this, error] { emit modelRefused(error); });
        }
    });
}

void StudioSession::loadEngine() {
    engine_thread_.post([this](std::stop_token) {
        try {
            engine_ = parts_.make_engine();
            callHome(this, [this, device = engine_->device()] {
                device_ = device;
                engine_ready_ = true;
                emit engineLoaded();
                startNext();
            });
        } catch (const Error& error) {
            engine_error_ = error;
        } catch (const std::exception& error) {
            engine_error_ = Error(ErrorKind::bug, std::string("The engine did not start: ") + error.what());
        }
        if (!engine_) {
            callHome(this, [this, error = *engine_error_] { emit engineFailed(error); });
        }
    });
}

const ModelInfo& StudioSession::modelOf(const Recipe& recipe) const {
    const auto found = std::ranges::find(models_, recipe.model, &ModelInfo::id);
    if (found == models_.end()) {
        throw Error(
            ErrorKind::user,
            "The model '" + recipe.model + "' is not installed.",
            "Choose another model in the list."
        );
    }
    return *found;
}

void StudioSession::connectQueue() {
    connect(&stored_queue_, &StoredQueue::changed, this, &StudioSession::showQueue);
    connect(&stored_queue_, &StoredQueue::taken, this, &StudioSession::begin);
    connect(&stored_queue_, &StoredQueue::found, this, &StudioSession::queueProblems);
    connect(&stored_queue_, &StoredQueue::failed, this, &StudioSession::queueFailed);
    connect(&queue_, &QueueModel::cancelled, this, [this](const std::vector<std::string>& ids) {
        stored_queue_.change([ids](JobQueue& queue) {
            std::ranges::for_each(ids, [&queue](const std::string& id) { queue.cancel(id); });
        });
    });
    connect(&queue_, &QueueModel::moved, this, [this](const QString& id, const QString& to) {
        stored_queue_.change([id = toStd(id), to = toStd(to)](JobQueue& queue) { queue.move(id, to); });
    });
    connect(&queue_, &QueueModel::broughtBack, this, [this](const QString& id, const QString& before) {
        stored_queue_.change([id = toStd(id), before = toStd(before)](JobQueue& queue) {
            queue.retry(id, before);
        });
        startNext();
    });
    connect(this, &StudioSession::pricesChanged, this, &StudioSession::estimateQueue);
}

void StudioSession::showQueue(const StoredQueue::Snapshot& snapshot) {
    queue_.setJobs(snapshot.jobs);
    estimateQueue();
    owns_queue_ = snapshot.owned;
    if (std::exchange(paused_, snapshot.paused) != snapshot.paused) {
        emit pauseChanged(paused_);
    }
    makeRoomForPeople();
    startNext();
    emit queueShown();
}

void StudioSession::lookAtQueue() {
    stored_queue_.change([](JobQueue&) {});
}

/// A clip that is made ahead is broken off for one that somebody waits for.
void StudioSession::makeRoomForPeople() {
    if (!paused_ && queue_.personWaits()) {
        breakOffWarm();
    }
}

void StudioSession::breakOffWarm() {
    if (run_ && is_warm(run_->job.id)) {
        run_->goes_on = true;
        run_->stop.request_stop();
    }
}

void StudioSession::estimateQueue() {
    if (speeds_) {
        queue_.setSeconds(estimate_queue(queue_.jobs(), models_, *speeds_, device_, warm_).seconds);
    }
}

void StudioSession::generate(const Recipe& recipe, JobQueue::Place place, const std::string& id) {
    const Plan plan = planOf(recipe);
    Job job;
    job.id = id.empty() ? new_job_id() : id;
    job.recipe = plan.recipe;
    job.recipe.program_version = toStd(QCoreApplication::applicationVersion());
    queue_.add(job, speeds_ ? speeds_->estimate(plan, device_).seconds : -1, place);
    stored_queue_.change([job, place](JobQueue& queue) { queue.add({job.id, job.recipe}, place); });
    makeRoomForPeople();
    startNext();
}

void StudioSession::edit(const QString& id, const Recipe& recipe) {
    Recipe whole = planOf(recipe).recipe;
    whole.program_version = toStd(QCoreApplication::applicationVersion());
    queue_.setRecipe(id, whole);
    stored_queue_.change([id = toStd(id), whole](JobQueue& queue) { queue.edit(id, whole); });
}

void StudioSession::setPaused(bool paused) {
    if (paused_ == paused) {
        return;
    }
    paused_ = paused;
    yielded_ = yielded_ && paused;
    stored_queue_.change([paused](JobQueue& queue) { queue.set_paused(paused); });
    emit pauseChanged(paused);
    startNext();
}

void StudioSession::pauseNow() {
    setPaused(true);
    if (run_) {
        run_->goes_on = true;
        run_->stop.request_stop();
    }
}

void StudioSession::retry(const QString& id) {
    stored_queue_.change([id = toStd(id)](JobQueue& queue) { queue.retry(id); });
}

void StudioSession::duplicate(const QString& id) {
    stored_queue_.change([id = toStd(id), copy = new_job_id()](JobQueue& queue) { queue.duplicate(id, copy); }
    );
}

const Plan* StudioSession::runningPlan() const {
    return run_ ? &run_->plan : nullptr;
}

void StudioSession::startNext() {
    if (!run_ && !paused_ && owns_queue_ && engine_ready_ && !models_.empty() && queue_.waiting() > 0) {
        stored_queue_.take();
    }
}

/// A job's turn has come.
void StudioSession::begin(const Job& job) {
    Plan plan;
    try {
        plan = planOf(job.recipe);
    } catch (const Error& error) {
        stored_queue_.change([id = job.id, error](JobQueue& queue) { queue.failed(id, error); });
        emit jobRefused(job.recipe, error, job.id);
        return;
    }
    const std::string needs = plan.recipe.model + ' ' + plan.recipe.dtype;
    if (needs != warm_) {
        warming_.request_stop(); // not for this clip
        warm_ = needs;
    }
    yielded_ = false; // whoever ended the pause
    const int id = ++runs_;
    run_ = std::make_shared<StudioRun>(id, job, plan, videos_, name_pattern_, [this, id] {
        callHome(this, [this, id] { pollRun(id); });
    });
    makeSteerable();
    const Pass& final_pass = plan.passes.back();
    const std::int64_t draft_frames = plan.first_look() != nullptr ? plan.first_look()->frames : 0;
    running_clip_ = std::make_shared<StageClip>(
        ClipShape{
            final_pass.width, final_pass.height, final_pass.frames, draft_frames, plan.recipe.frame_rate
        },
        run_->store,
        run_->draft
    );
    queue_.begin(job);
    shelf_.model().setRunning(plan.recipe);
    engine_thread_.post([this, run = run_](std::stop_token stop) { work(run, stop); });
    emit runStarted();
}

void StudioSession::work(const std::shared_ptr<StudioRun>& run, std::stop_token stop) {
    const std::stop_callback chain(stop, [&] { run->stop.request_stop(); });
    JobObserver observer;
    observer.progress = [&](const Progress& progress) { run->progress.put(progress); };
    observer.preview = [&](Preview preview) {
        // Never waits: a window that does not look in time loses previews, not the engine's time.
        std::stop_source full;
        full.request_stop();
        run->previews.push(std::move(preview), full.get_token());
    };
    observer.draft_frame = [&](FramePtr frame) { run->draft->add(std::move(frame)); };
    observer.frames_ready = [&](std::int64_t frames) { run->frames.put(frames); };
    observer.file_began = [this, id = run->id](const std::filesystem::path& file) {
        callHome(this, [this, id, file] {
            if (run_ && run_->id == id) {
                run_->growing = file;
                emit fileBegan(file);
            }
        });
    };
    observer.note = [this](const std::string& sentence) {
        callHome(this, [this, text = toQString(sentence)] { emit noted(text); });
    };
    JobRequest request;
    request.plan = run->plan;
    request.output = newClipName(*run);
    request.notes = parts_.unfinished;
    request.checkpoint = checkpoint_of(parts_.checkpoints, run->job.id);
    request.kept_runs = parts_.kept_runs;
    request.steering = run->steering;
    request.store_bytes = StudioRun::store_bytes;
    JobResult result{Failed{Error(ErrorKind::bug, "The job did not run."), {}}, std::nullopt, 0};
    try {
        result = clipWork().run_job(*engine_, request, *run->store, observer, run->stop.get_token());
    } catch (const Error& error) {
        result.outcome = Failed{error, {}}; // the module is missing
    }
    if (run->goes_on && is_warm(run->job.id) && !std::holds_alternative<Finished>(result.outcome)) {
        dropHalfClip(result);
    }
    keep(*run, result);
    if (std::holds_alternative<Finished>(result.outcome)) {
        SpeedBook book(parts_.speeds);
        learn_from(result, request.plan, engine_->device(), book);
        callHome(this, [this, book] {
            speeds_ = book;
            emit pricesChanged();
        });
    }
}

/// On the engine's thread.
void StudioSession::keep(const StudioRun& run, const JobResult& result) {
    const std::string job = run.job.id;
    const bool finished = std::holds_alternative<Finished>(result.outcome);
    if (const auto* failure = std::get_if<Failed>(&result.outcome)) {
        stored_queue_.change([job, error = failure->error](JobQueue& queue) { queue.failed(job, error); });
    } else if (finished) {
        stored_queue_.change([job, file = result.clip->path](JobQueue& queue) { queue.encoded(job, file); });
    } else {
        stored_queue_.change([job, goes_on = run.goes_on.load()](JobQueue& queue) {
            goes_on ? queue.interrupt(job) : queue.stopped(job);
        });
    }
    if (!run.goes_on && std::holds_alternative<StoppedEarly>(result.outcome)) {
        retire_checkpoint(parts_.checkpoints, job, parts_.kept_runs);
    }
    // First the end of the run, then its clip in the strip: the window relies on this order.
    callHome(this, [this, id = run.id, result] { endRun(id, result); });
    if (result.clip) {
        shelf_.record(record_of(result, run.plan), [this, job, finished] {
            if (finished) {
                stored_queue_.change([job](JobQueue& queue) { queue.done(job); });
            }
            callHome(this, [this, job] { emit clipKept(job); });
        });
    }
}

void StudioSession::pollRun(int id) {
    if (!run_ || run_->id != id) {
        return; // of an older run
    }
    bool pictures = run_->frames.take().has_value();
    while (auto preview = run_->previews.try_pop()) {
        emit previewArrived(*preview);
        running_clip_->addPreview(std::move(*preview));
        pictures = true;
    }
    if (const auto progress = run_->progress.take()) {
        showInQueue(*progress);
        emit progressed(*progress);
        pictures = pictures || progress->draft;
    }
    if (pictures) {
        emit picturesArrived();
    }
}

void StudioSession::showInQueue(const Progress& progress) {
    QString state = phaseWords(progress);
    if (progress.seconds_left >= 0) {
        state += tr(" · %1 left").arg(timeText(progress.seconds_left));
    }
    queue_.setRunningState(state, progress.seconds_left);
    if (running_clip_ && queue_.running() != nullptr && queue_.running()->thumbnail.isNull() &&
        running_clip_->finalFrames() > 0) {
        const QImage picture = toQImage(running_clip_->pictureAt(0).frame);
        queue_.setRunningThumbnail(picture);
        shelf_.model().setRunningThumbnail(picture);
    }
}

void StudioSession::stop() {
    if (run_) {
        run_->stop.request_stop();
    }
}

void StudioSession::endRun(int id, const JobResult& result) {
    if (!run_ || run_->id != id) {
        return;
    }
    pollRun(id); // what is still in the conduits
    running_clip_->finish();
    emit picturesArrived();
    const auto* failure = std::get_if<Failed>(&result.outcome);
    const bool tries_again = failure != nullptr && JobQueue::tries_again(run_->job, failure->error);
    const RunEnd end{
        result, run_->plan, std::exchange(running_clip_, nullptr), tries_again, run_->goes_on, run_->job.id
    };
    run_.reset();
    shelf_.model().endRunning();
    emit runEnded(end); // nothing runs any more: who hears it may start the next one
    startNext();
}

} // namespace rushes::ui
