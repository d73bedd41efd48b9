// Everything behind the window: models, engine, queue, the running job. Threads end here; what comes out are
// calls on the UI thread. Results of an older run are dropped by its id.
#pragma once

#include "jobs/job.h"
#include "library/clip_shelf.h"
#include "metrics/speed_book.h"
#include "models/model_info.h"
#include "queue/queue_model.h"
#include "stage/stage_clip.h"

#include <functional>
#include <memory>
#include <optional>

#include <QObject>

namespace rushes::ui {

/// What the session is made of: the program's own parts, or a test's.
struct StudioParts {
    std::function<std::unique_ptr<Engine>()> make_engine;
    std::function<std::vector<ModelInfo>(std::vector<std::string>* problems)> find_models;
    std::function<ModelInfo(const std::filesystem::path& directory)> add_model;
    std::filesystem::path database;
    std::filesystem::path thumbnails;
    std::filesystem::path videos; ///< where new clips go, unless the person chose another folder
    std::filesystem::path settings;
    std::filesystem::path speeds;

    /// The real ones, in their XDG places.
    static StudioParts real();
};

struct Price {
    double seconds = -1; ///< < 0: unknown
    std::uint64_t bytes = 0;
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

    QueueModel& queue() { return queue_; }

    ClipShelf& shelf() { return shelf_; }

    bool running() const { return run_ != nullptr; }

    bool engineReady() const { return engine_ready_; }

    const QString& device() const { return device_; }

    /// What a recipe will take on this machine; throws Error for one that cannot be made.
    Price price(const Recipe& recipe) const;

    /// Puts a clip at the end of the queue and starts when nothing runs. Throws Error.
    void generate(const Recipe& recipe);
    void stop();
    void setPaused(bool paused); ///< no new job starts

    bool paused() const { return paused_; }

    /// The clip being made; null when nothing runs.
    const std::shared_ptr<StageClip>& runningClip() const { return running_clip_; }

    const Plan* runningPlan() const;

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
    void runEnded(const rushes::JobResult& result, const rushes::Plan& plan);

private:
    struct Run;

    void findModels();
    const ModelInfo& modelOf(const Recipe& recipe) const;
    void startNext();
    void work(const std::shared_ptr<Run>& run, std::stop_token stop);
    void pollRun(int id);
    void endRun(int id, const JobResult& result);
    void showInQueue(const Progress& progress);

    const StudioParts parts_;
    std::vector<ModelInfo> models_;
    std::filesystem::path videos_;
    QueueModel queue_;
    ClipShelf shelf_;
    std::optional<SpeedBook> speeds_; ///< the UI thread's copy
    QString device_;
    bool engine_ready_ = false;
    bool paused_ = false;
    std::shared_ptr<Run> run_;
    std::string warm_; ///< model and number format that was asked for last
    std::stop_source warming_;
    std::shared_ptr<StageClip> running_clip_;
    std::shared_ptr<Engine> engine_; ///< used on the engine thread only
    TaskThread engine_thread_;       ///< last: ends first
};

/// Phase times as JSON, kept with every clip.
std::string reportJson(const RunReport& report, double seconds);

const RunReport& reportOf(const Outcome& outcome);

} // namespace rushes::ui
