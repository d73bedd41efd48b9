#include "session/studio_session.h"

#include "base/channel.h"
#include "base/error.h"
#include "base/paths.h"
#include "controls/choices.h"
#include "convert.h"
#include "generation/engine.h"
#include "models/registry.h"
#include "stage/progress_line.h"
#include "work/clip_work.h"
#include "work/home_call.h"

#include <algorithm>

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>

namespace rushes::ui {

namespace {

constexpr std::size_t draft_bytes = std::size_t{64} << 20;
constexpr std::size_t store_bytes = std::size_t{512} << 20;

std::filesystem::path newClipName(const std::filesystem::path& folder, const Recipe& recipe) {
    const std::string time = toStd(QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss")));
    return unused_name(
        folder / (time + "-" + file_slug(recipe.prompt) + "-" + std::to_string(recipe.seed) + ".mp4")
    );
}

ClipRecord recordOf(const JobResult& result, const Plan& plan) {
    ClipRecord record;
    record.file = result.clip->path;
    record.recipe = plan.recipe;
    record.state = std::holds_alternative<Finished>(result.outcome)       ? ClipState::finished
                   : std::holds_alternative<StoppedEarly>(result.outcome) ? ClipState::stopped
                                                                          : ClipState::failed;
    record.width = plan.passes.back().width;
    record.height = plan.passes.back().height;
    record.frames = result.clip->frames;
    record.seconds_to_make = result.seconds;
    record.report_json = reportJson(reportOf(result.outcome), result.seconds);
    return record;
}

} // namespace

StudioParts StudioParts::real() {
    StudioParts parts;
    parts.make_engine = [] { return load_engine({.background = true}); };
    parts.find_models = [](std::vector<std::string>* problems) { return installed_models(problems); };
    parts.add_model = [](const std::filesystem::path& directory) { return rushes::add_model(directory); };
    parts.database = data_dir() / "library.db";
    parts.thumbnails = cache_dir() / "thumbnails";
    parts.videos = videos_dir();
    parts.settings = config_dir() / "studio.ini";
    parts.speeds = SpeedBook::default_file();
    return parts;
}

/// What the UI thread and the engine thread share while a clip is made.
struct StudioSession::Run {
    Run(int run_id, QueuedJob the_job, std::filesystem::path the_folder, const std::function<void()>& wake)
        : id(run_id),
          job(std::move(the_job)),
          folder(std::move(the_folder)),
          store(std::make_shared<FrameStore>(store_bytes)),
          draft(std::make_shared<FrameStore>(draft_bytes)),
          progress(wake),
          previews(
              64,
              store_bytes,
              [](const Preview& p) {
                  std::size_t bytes = 0;
                  for (const FramePtr& picture : p.pictures) {
                      bytes += picture->bytes();
                  }
                  return bytes;
              },
              wake
          ),
          frames(wake) {}

    const int id;
    const QueuedJob job;
    const std::filesystem::path folder;
    const std::shared_ptr<FrameStore> store;
    const std::shared_ptr<FrameStore> draft;
    Mailbox<Progress> progress;
    Channel<Preview> previews; ///< a preview stands for its own block: several may be worth showing
    Mailbox<std::int64_t> frames;
    std::stop_source stop;
};

StudioSession::StudioSession(StudioParts parts, QObject* parent)
    : QObject(parent),
      parts_(std::move(parts)),
      videos_(parts_.videos),
      shelf_({parts_.database, parts_.thumbnails}) {}

StudioSession::~StudioSession() {
    if (run_) {
        run_->stop.request_stop(); // what exists is kept as a clip
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
    loadEngine();
}

/// On the disk's thread.
void StudioSession::findModels() {
    std::vector<std::string> problems;
    auto models = parts_.find_models(&problems);
    QStringList texts;
    for (const std::string& problem : problems) {
        texts << toQString(problem);
    }
    callHome(this, [this, models = std::move(models), texts] {
        models_ = models;
        emit modelsFound(texts);
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
            callHome(this, [this, name = toQString(engine_->device_name())] {
                device_ = name;
                engine_ready_ = true;
                emit engineLoaded();
                startNext();
            });
        } catch (const Error& error) {
            callHome(this, [this, error] { emit engineFailed(error); });
        } catch (const std::exception& error) {
            const Error bug(ErrorKind::bug, std::string("The engine did not start: ") + error.what());
            callHome(this, [this, bug] { emit engineFailed(bug); });
        }
    });
}

void StudioSession::warmUp(const Recipe& recipe) {
    const auto found = std::ranges::find(models_, recipe.model, &ModelInfo::id);
    const std::string wanted = recipe.model + ' ' + recipe.dtype;
    if (!engine_ready_ || run_ || found == models_.end() || wanted == warm_) {
        return;
    }
    warm_ = wanted;
    warming_.request_stop(); // of another model
    warming_ = std::stop_source();
    engine_thread_.post(
        [this, model = *found, dtype = recipe.dtype, wanted = warming_.get_token()](std::stop_token stop) {
            std::stop_source either;
            const std::stop_callback by_choice(wanted, [&] { either.request_stop(); });
            const std::stop_callback by_end(stop, [&] { either.request_stop(); });
            try {
                engine_->preload(model, dtype, either.get_token());
            } catch (const Stopped&) {
                // Another model was chosen, or the program ends.
            } catch (const std::exception&) {
                // The run that needs the model will say so where it belongs.
            }
        }
    );
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

Price StudioSession::price(const Recipe& recipe) const {
    const Plan plan = make_plan(recipe, modelOf(recipe));
    Price price{-1, plan.peak_memory_bytes};
    if (speeds_) {
        price.seconds = speeds_->estimate(plan, toStd(device_)).seconds;
    }
    return price;
}

void StudioSession::generate(const Recipe& recipe) {
    Plan plan = make_plan(recipe, modelOf(recipe));
    plan.recipe.program_version = toStd(QCoreApplication::applicationVersion());
    const double seconds = speeds_ ? speeds_->estimate(plan, toStd(device_)).seconds : -1;
    queue_.add(std::move(plan), seconds);
    startNext();
}

void StudioSession::setPaused(bool paused) {
    paused_ = paused;
    startNext();
}

const Plan* StudioSession::runningPlan() const {
    return run_ ? &run_->job.plan : nullptr;
}

void StudioSession::startNext() {
    if (run_ || paused_ || !engine_ready_) {
        return;
    }
    const auto job = queue_.startNext();
    if (!job) {
        return;
    }
    const int id = job->id;
    const std::string needs = job->plan.recipe.model + ' ' + job->plan.recipe.dtype;
    if (needs != warm_) {
        warming_.request_stop(); // not for this clip
        warm_ = needs;
    }
    run_ =
        std::make_shared<Run>(id, *job, videos_, [this, id] { callHome(this, [this, id] { pollRun(id); }); });
    const Plan& plan = job->plan;
    const Pass& final_pass = plan.passes.back();
    const std::int64_t draft_frames = plan.passes.size() > 1 ? plan.passes.front().frames : 0;
    running_clip_ = std::make_shared<StageClip>(
        ClipShape{
            final_pass.width, final_pass.height, final_pass.frames, draft_frames, plan.recipe.frame_rate
        },
        run_->store,
        run_->draft
    );
    shelf_.model().setRunning(plan.recipe);
    engine_thread_.post([this, run = run_](std::stop_token stop) { work(run, stop); });
    emit runStarted();
}

void StudioSession::work(const std::shared_ptr<Run>& run, std::stop_token stop) {
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
    JobRequest request;
    request.plan = run->job.plan;
    request.output = newClipName(run->folder, request.plan.recipe);
    request.store_bytes = store_bytes;
    JobResult result{Failed{Error(ErrorKind::bug, "The job did not run."), {}}, std::nullopt, 0};
    try {
        result = clipWork().run_job(*engine_, request, *run->store, observer, run->stop.get_token());
    } catch (const Error& error) {
        result.outcome = Failed{error, {}}; // the module is missing
    }
    // First the end of the run, then its clip in the strip: the window relies on this order.
    callHome(this, [this, id = run->id, result] { endRun(id, result); });
    if (result.clip) {
        shelf_.record(recordOf(result, request.plan));
    }
    if (const auto* finished = std::get_if<Finished>(&result.outcome)) {
        SpeedBook book(parts_.speeds);
        book.learn(request.plan, engine_->device_name(), finished->report);
        callHome(this, [this, book] {
            speeds_ = book;
            emit pricesChanged();
        });
    }
}

void StudioSession::pollRun(int id) {
    if (!run_ || run_->id != id) {
        return; // of an older run
    }
    bool pictures = run_->frames.take().has_value();
    while (auto preview = run_->previews.try_pop()) {
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
    QString state = phaseWords(progress).toLower();
    if (progress.seconds_left >= 0) {
        state += tr(" · %1 left").arg(timeText(progress.seconds_left));
    }
    queue_.setRunningState(state);
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
    const Plan plan = run_->job.plan;
    run_.reset();
    queue_.endRunning();
    shelf_.model().endRunning();
    emit runEnded(result, plan);
    running_clip_.reset();
    startNext();
}

const RunReport& reportOf(const Outcome& outcome) {
    return std::visit([](const auto& end) -> const RunReport& { return end.report; }, outcome);
}

std::string reportJson(const RunReport& report, double seconds) {
    QJsonObject json;
    json[QLatin1String("load_seconds")] = report.load_seconds;
    json[QLatin1String("text_seconds")] = report.text_seconds;
    json[QLatin1String("first_preview_seconds")] = report.first_preview_seconds;
    json[QLatin1String("first_frame_seconds")] = report.first_frame_seconds;
    json[QLatin1String("denoise_seconds")] = report.denoise_seconds;
    json[QLatin1String("decode_seconds")] = report.decode_seconds;
    json[QLatin1String("preview_seconds")] = report.preview_seconds;
    json[QLatin1String("total_seconds")] = seconds;
    json[QLatin1String("frames")] = report.frames;
    json[QLatin1String("peak_memory_bytes")] = static_cast<double>(report.peak_memory_bytes);
    return QJsonDocument(json).toJson(QJsonDocument::Compact).toStdString();
}

} // namespace rushes::ui
