// A clip while it is made, and for a while after: what its viewers can see of it. Written by the threads that
// make it, looked at by the network; nobody waits for anybody.
#pragma once

#include "generation/engine.h"
#include "generation/frame_store.h"
#include "serve/growing_file.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace rushes::serve {

using MessagePtr = std::shared_ptr<const std::string>;

struct ClipShape {
    int width = 0;
    int height = 0;
    std::int64_t frames = 0;
    std::int64_t draft_frames = 0; ///< 0: there is no draft
    FrameRate rate;
};

class LiveClip {
public:
    static constexpr std::size_t store_bytes = std::size_t{128}
                                               << 20; ///< older frames are read from the file
    static constexpr std::size_t draft_bytes = std::size_t{32} << 20;

    /// `changed` is called, from any thread, whenever there is something new to see. `store`: where the final
    /// frames are kept already; null: here.
    LiveClip(
        std::string job,
        ClipShape shape,
        std::function<void()> changed,
        std::shared_ptr<FrameStore> store = nullptr
    );

    const std::string& job() const { return job_; }

    /// Another one for every clip that was ever begun, so that a second attempt is not taken for the first.
    std::uint64_t serial() const { return serial_; }

    const ClipShape& shape() const { return shape_; }

    // What the makers tell.
    /// Not after set_file().
    FrameStore& store() { return *store_; }

    void final_frames(std::int64_t frames);
    void add_draft(FramePtr frame);
    void set_preview(Preview preview);
    /// Of what comes in quick succession some is left out: a person reads no faster.
    void set_progress(const Progress& progress);
    void set_growing_file(const std::filesystem::path& file);
    /// The last word: one JSON event.
    void end(std::string event);
    /// All frames are in a file: this clip is shown from there, and those in memory are let go.
    void set_file(std::int64_t frames, FrameStore::ReadBack frame_at);

    // What a viewer sees.
    struct Look {
        std::int64_t drafts = 0;
        std::int64_t finals = 0;
        std::uint64_t previews = 0;   ///< how many there were: tells a new one
        std::uint64_t progresses = 0; ///< the same
        bool ended = false;
    };

    Look look() const;
    // Events, made once for all viewers.
    MessagePtr progress_event() const;
    MessagePtr preview_event() const;
    MessagePtr end_event() const;

    /// The latest; its number is Look::previews.
    std::shared_ptr<const Preview> preview() const;
    std::shared_ptr<GrowingFile> growing_file() const; ///< null: none
    /// May read a file: not for the network's thread. Null: it is not (any more) to be had.
    FramePtr final_frame(std::int64_t index);
    FramePtr draft_frame(std::int64_t index);
    /// When the frame left the decoder; 0: not known.
    double made_unix_ms(std::int64_t final_index) const;

    int viewers() const { return viewers_; }

    void add_viewer(int change) { viewers_ += change; }

private:
    template <typename Change>
    void change(const Change& change) {
        {
            const std::lock_guard lock(mutex_);
            change();
        }
        changed_();
    }

    const std::string job_;
    const std::uint64_t serial_;
    const ClipShape shape_;
    const std::function<void()> changed_;
    FrameStore drafts_{draft_bytes};
    std::atomic<int> viewers_{0};
    mutable std::mutex mutex_;
    std::shared_ptr<FrameStore> store_; ///< null: all frames are in a file
    Look look_;
    Progress progress_; ///< that was told
    std::chrono::steady_clock::time_point progress_time_;
    std::shared_ptr<const Preview> preview_;
    MessagePtr progress_event_;
    MessagePtr preview_event_;
    MessagePtr end_event_;
    std::shared_ptr<GrowingFile> growing_file_;
    FrameStore::ReadBack file_frames_;
    std::vector<double> made_;
};

/// Milliseconds since 1970, with fractions: the clock that a browser on the same machine has too.
double unix_ms_now();

} // namespace rushes::serve
