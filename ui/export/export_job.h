// One export: frames of a clip into a file, off the UI thread.
#pragma once

#include "base/error.h"
#include "generation/frame_store.h"
#include "generation/recipe.h"
#include "media/encoder.h"
#include "work/task_thread.h"

#include <memory>
#include <optional>

#include <QObject>

namespace rushes::ui {

struct ExportRequest {
    std::shared_ptr<FrameStore> store; ///< null: the frames are read from `source`
    std::filesystem::path source;
    std::int64_t first = 0;
    std::int64_t last = 0;       ///< included
    std::int64_t whole_last = 0; ///< of the whole clip, without marks
    int width = 0;               ///< of the frames
    int height = 0;
    FrameRate rate;
    FrameRate target_rate{0, 1}; ///< of the file; 0: the clip's own
    bool blend = false;          ///< other rates by mixing neighbours, not by repeating frames
    Recipe recipe;
    std::filesystem::path target;
    bool own_folder = false; ///< the target's folder is made for it, never an old one used
    ExportSettings settings;
    std::filesystem::path notes; ///< see UnfinishedNote; empty: none
};

class ExportJob : public QObject {
    Q_OBJECT

public:
    explicit ExportJob(QObject* parent = nullptr);
    ~ExportJob() override;

    void start(const ExportRequest& request);
    void cancel();

    bool running() const { return running_; }

signals:
    void progressed(int percent);
    void finished(const rushes::ExportResult& result);
    void cancelled();
    void failed(const rushes::Error& error);

private:
    void end();

    bool running_ = false;
    int run_ = 0;
    std::shared_ptr<std::stop_source> stop_;
    TaskThread thread_; ///< last: ends first
};

} // namespace rushes::ui
