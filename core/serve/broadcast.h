// The clips that can be watched: those that are made now, and the last ones that were.
#pragma once

#include "serve/live_clip.h"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace rushes::serve {

class Broadcast {
public:
    /// `changed(job)` is called from any thread when something of a job's clip is new; an empty id: the queue
    /// or the clips changed. It must not wait.
    explicit Broadcast(std::function<void(const std::string& job)> changed);

    /// Begins a clip; an older one of the same job (a second attempt) is forgotten. `store`: of its final
    /// frames, when they are kept elsewhere.
    std::shared_ptr<LiveClip>
    begin(const std::string& job, ClipShape shape, std::shared_ptr<FrameStore> store = nullptr);
    /// Null: nothing is known of this job here.
    std::shared_ptr<LiveClip> find(const std::string& job) const;
    /// The job will have no (further) frames; `event` is the last word to who watches it.
    void end(const std::string& job, const std::string& event);

    void queue_changed() const { changed_({}); }

    /// Who watches clips, altogether.
    int viewers() const;

private:
    static constexpr std::size_t ended_kept = 8;

    const std::function<void(const std::string&)> changed_;
    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<LiveClip>> clips_; ///< oldest first
};

} // namespace rushes::serve
