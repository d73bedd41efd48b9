// Everything behind the window: models, engine, queue, the running job. Threads end here; what comes out are
// calls on the UI thread. Results of an older run are dropped by its id.
#pragma once

#include "controls/clip_cost.h"
#include "generation/device_info.h"
#include "jobs/job.h"
#include "library/clip_shelf.h"
#include "metrics/speed_book.h"
#include "models/model_card.h"
#include "models/model_info.h"
#include "queue/queue_model.h"
#include "session/stored_queue.h"
#include "session/studio_parts.h"
#include "session/studio_run.h"
#include "stage/stage_clip.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <QObject>
#include <QStringList>

namespace rushes::ui {

/// How a run ended.
struct RunEnd {
    JobResult result;
    Plan plan;
    std::shared_ptr<StageClip> clip; ///< what was to be seen of it
    bool tries_again = false;        ///< it failed for a passing reason and stands in the queue again
    bool goes_on = false; ///< it was broken off: its job stands in the queue, and goes on from there
    std::string job = {};
};

/// Pictures that are only looked at, and who hears of them.
struct SketchSinks {
    std::string job;                             ///< that may go on with what is computed here; empty: none
    std::function<bool(const Progress&)> until;  ///< on the engine's thread: enough is seen, the run stops
    std::function<void(const Preview&)> preview; ///< on the engine's threads ...
    std::function<void(const FramePtr&)> frame;  ///< ... both
    std::function<void()> arrived;               ///< on the UI thread, after a preview
    std::function<void(const Outcome&)> done;    ///< on the UI thread
};

class StudioSession : public QObject {
    Q_OBJECT

public:
    explicit StudioSession(StudioParts parts, QObject* parent = nullptr);
    ~StudioSession() override;

    /// Looks for models, opens the library and loads the engine, all in the background.
    void start();
    void loadEngine();
    /// Looks into a directory and puts it on the list of models; modelAdded() or modelRefused() follows.
    void addModel(const std::filesystem::path& directory);
    /// Loads the model of the settings while nothing runs, so that the first clip need not wait for it.
    void warmUp(const Recipe& recipe);

    const StudioParts& parts() const { return parts_; }

    const std::vector<ModelInfo>& models() const { return models_; }

    /// Where new clips go.
    const std::filesystem::path& videos() const { return videos_; }

    /// From the next clip on.
    void setVideos(const std::filesystem::path& folder) { videos_ = folder; }

    /// As clipName() takes it; from the next clip on.
    void setNamePattern(const QString& pattern) { name_pattern_ = pattern; }

    QueueModel& queue() { return queue_; }

    ClipShelf& shelf() { return shelf_; }

    bool running() const { return run_ != nullptr; }

    bool engineReady() const { return engine_ready_; }

    /// Nothing is computed or waits to be, and the device's memory was not given to others.
    bool idle() const;

    const DeviceInfo& device() const { return device_; }

    /// The graphics cards of this machine that can be used, in the order of their device strings (cuda:0
    /// ...).
    const QStringList& cards() const { return cards_; }

    /// What a recipe will take on this machine; throws Error for one that cannot be made.
    ClipCost price(const Recipe& recipe) const;
    /// Of that the bytes; none: it can't be made.
    std::optional<std::uint64_t> memoryOf(const Recipe& recipe) const;

    /// The nearest settings that the memory holds; empty when there are none, or when all of it is free.
    std::optional<Recipe> nearestThatFits(const Recipe& recipe) const;

    /// The least memory budget, in percent, larger than what is set, that holds a recipe; none: none does.
    std::optional<int> budgetFor(const Recipe& recipe) const;

    /// Of the device's memory, how much a clip may fill, 0..1: clips that need more are not begun.
    void setMemoryShare(double share);

    /// What a demonstration model knows, by the model's id.
    const std::map<std::string, std::vector<WordGroup>>& grammar() const { return grammar_; }

    /// Puts a clip at the end of the queue, where it stays until it is made or removed, also over a restart.
    /// It starts when nothing runs: runStarted() follows. `job`: its id, of sketches that it goes on from;
    /// else a new one. Throws Error.
    void
    generate(const Recipe& recipe, JobQueue::Place place = JobQueue::Place::end, const std::string& job = {});
    /// Runs the engine for pictures that are only looked at, from the recipe's pictures; the queue's clips go
    /// on between two of these. Throws Error for what cannot be made. `done` comes in any case, unless the
    /// session ends before.
    void sketch(const Recipe& recipe, const SketchSinks& sinks, std::stop_token stop);
    /// These jobs will not be made: what sketches computed for them goes.
    void forgetSketches(const std::vector<std::string>& jobs);
    /// Other settings for a clip that waits; throws Error for what cannot be made.
    void edit(const QString& id, const Recipe& recipe);
    /// Ends the running clip; what exists of it is kept.
    void stop();
    /// The same, but its job stays the next one in the queue, which is paused.
    void pauseNow();
    void setPaused(bool paused); ///< no new job starts
    /// As pauseNow(), and all memory of the device goes back: deviceYielded() follows. When the queue goes on
    /// the model is loaded again, and the clip goes on from its last step.
    void yieldDevice();
    void retry(const QString& id);
    void duplicate(const QString& id);

    bool paused() const { return paused_; }

    /// False: another window makes the clips of this queue.
    bool ownsQueue() const { return owns_queue_; }

    /// The clip being made; null when nothing runs.
    const std::shared_ptr<StageClip>& runningClip() const { return running_clip_; }

    const Plan* runningPlan() const;

    /// The run of it, for who shows it elsewhere; null when nothing runs.
    const StudioRun* run() const { return run_.get(); }

    /// At once, not at the next second: another program added something.
    void lookAtQueue();
    /// Another prompt for the running clip, from its next block on; steered() follows when it takes over.
    /// Throws Error where nothing runs that can change.
    void steer(const std::string& prompt);

    /// Whether the running clip's prompt can change on the way.
    bool steerable() const { return run_ && run_->steering; }

    /// With what was steered so far; none: nothing runs.
    std::optional<Recipe> runningRecipe() const;
    /// That waits for the next block.
    std::optional<std::string> wishedPrompt() const;

signals:
    void modelsFound(const QStringList& problems);
    void modelAdded(const std::string& id); ///< after modelsFound()
    void modelRefused(const rushes::Error& error);
    void engineLoaded();
    void engineFailed(const rushes::Error& error);
    void pricesChanged(); ///< the machine's speeds were read or learned
    void runStarted();
    void progressed(const rushes::Progress& progress);
    void picturesArrived();
    void previewArrived(const rushes::Preview& preview);
    void fileBegan(const std::filesystem::path& file); ///< that grows while frames are written
    void steered();                                    ///< another prompt took over
    void runEnded(const rushes::ui::RunEnd& end);
    void clipKept(const std::string& job); ///< after runEnded(): its clip is in the library
    /// Its turn came, it can't be made.
    void jobRefused(const rushes::Recipe& recipe, const rushes::Error& error, const std::string& job);
    void queueShown();                   ///< what is stored may have changed
    void noted(const QString& sentence); ///< what a person should know of the running clip
    void pauseChanged(bool paused);
    void deviceYielded();
    void queueProblems(const QStringList& problems);
    void clipsRecovered(int clips); ///< that were being made when the program was ended
    void queueFailed(const rushes::Error& error);

private:
    void recoverClips();
    void findCards();
    void findModels();
    const ModelInfo& modelOf(const Recipe& recipe) const;
    std::uint64_t memory() const;
    DeviceInfo allowedDevice() const;
    Plan planOn(const DeviceInfo& device, const Recipe& recipe) const;
    /// Throws Error for what cannot be made, or is beyond the share of the memory.
    Plan planOf(const Recipe& recipe) const;
    void connectQueue();
    void showQueue(const StoredQueue::Snapshot& snapshot);
    void makeRoomForPeople();
    void breakOffWarm();
    void estimateQueue();
    void startNext();
    void begin(const Job& job);
    void makeSteerable();
    void keep(const StudioRun& run, const JobResult& result);
    Outcome sketchNow(const Plan& plan, const SketchSinks& sinks, std::stop_source stop);
    void work(const std::shared_ptr<StudioRun>& run, std::stop_token stop);
    void pollRun(int id);
    void endRun(int id, const JobResult& result);
    void showInQueue(const Progress& progress);

    const StudioParts parts_;
    std::vector<ModelInfo> models_;
    std::map<std::string, std::vector<WordGroup>> grammar_;
    double memory_share_ = 1;
    std::filesystem::path videos_;
    QString name_pattern_ = QStringLiteral("{time}-{prompt}-{seed}");
    QueueModel queue_;
    StoredQueue stored_queue_; ///< outlives the threads that tell it how jobs ended
    ClipShelf shelf_;
    std::optional<SpeedBook> speeds_; ///< the UI thread's copy
    DeviceInfo device_;
    QStringList cards_;
    bool engine_ready_ = false;
    bool paused_ = false;
    bool owns_queue_ = true;
    std::shared_ptr<StudioRun> run_;
    int runs_ = 0;
    std::string warm_; ///< model and number format that was asked for last
    std::stop_source warming_;
    bool yielded_ = false; ///< nothing is loaded before the queue goes on
    std::shared_ptr<StageClip> running_clip_;
    std::shared_ptr<Engine> engine_;    ///< used on the engine thread only
    std::optional<Error> engine_error_; ///< as engine_: why there is none
    TaskThread engine_thread_;          ///< last: ends first
};

} // namespace rushes::ui
