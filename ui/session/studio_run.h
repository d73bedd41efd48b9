// What the UI thread and the engine thread share while a clip is made.
#pragma once

#include "base/channel.h"
#include "generation/engine.h"
#include "generation/frame_store.h"
#include "jobs/job_queue.h"
#include "jobs/steering.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

#include <QString>

namespace rushes::ui {

struct StudioRun {
    static constexpr std::size_t draft_bytes = std::size_t{64} << 20;
    static constexpr std::size_t store_bytes = std::size_t{512} << 20;

    StudioRun(
        int run_id,
        Job the_job,
        Plan the_plan,
        std::filesystem::path the_folder,
        QString the_name_pattern,
        const std::function<void()>& wake
    )
        : id(run_id),
          job(std::move(the_job)),
          plan(std::move(the_plan)),
          folder(std::move(the_folder)),
          name_pattern(std::move(the_name_pattern)),
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
    const Job job;
    const Plan plan;
    const std::filesystem::path folder;
    const QString name_pattern; ///< as clipName() takes it
    const std::shared_ptr<FrameStore> store;
    const std::shared_ptr<FrameStore> draft;
    Mailbox<Progress> progress;
    Channel<Preview> previews; ///< a preview stands for its own block: several may be worth showing
    Mailbox<std::int64_t> frames;
    std::shared_ptr<Steering> steering; ///< null: the model makes its clips in one piece
    std::stop_source stop;
    std::filesystem::path growing;    ///< the file that is written; of the UI thread; empty: not begun
    std::atomic<bool> goes_on{false}; ///< when it is stopped: its job stays in the queue
};

} // namespace rushes::ui
