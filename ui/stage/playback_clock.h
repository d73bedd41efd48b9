// When to show which frame. Pure arithmetic on a time that the caller passes in: no Qt, no timers, tested
// with a mock clock.
//
// Frames 0..available-1 exist. While the clip grows, playback holds the last frame when it runs dry and
// counts that; after a while of drought it loops over what exists, so that a slow model still shows motion.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace rushes::ui {

class PlaybackClock {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Frames buffered before a growing clip starts to play.
    static constexpr std::int64_t frames_to_start = 5;
    static constexpr std::chrono::milliseconds drought_before_loop{1500};

    /// A new clip: stopped at frame 0.
    void reset(double frames_per_second);

    /// How many frames exist, and whether more will come.
    void setAvailable(std::int64_t frames, bool growing);

    std::int64_t available() const { return available_; }

    void play(Time now);
    void pause();

    bool playing() const { return playing_; }

    /// Frames a second, as a multiple of the clip's rate; negative plays backwards.
    void setSpeed(double speed) { speed_ = speed; }

    double speed() const { return speed_; }

    void setLooping(bool looping) { looping_ = looping; }

    bool looping() const { return looping_; }

    /// Time begins anew there: the frame is shown for its whole length.
    void seek(std::int64_t index);
    void step(std::int64_t frames); ///< pauses
    /// Frames [in, out] are played; an empty mark means the end of the clip.
    void setMarks(std::optional<std::int64_t> in, std::optional<std::int64_t> out);

    std::optional<std::int64_t> in() const { return in_; }

    std::optional<std::int64_t> out() const { return out_; }

    /// Moves on to `now`; the frame to show (0 when nothing exists).
    std::int64_t tick(Time now);
    std::int64_t index() const;

    bool dry() const { return dry_since_.has_value(); }

    int underruns() const { return underruns_; } ///< since reset()

private:
    std::int64_t first() const;
    std::int64_t last() const;
    bool waitsAtEnd() const;
    void reachEnd(Time now);

    double frames_per_second_ = 12;
    double position_ = 0; ///< in frames
    double speed_ = 1;
    std::int64_t available_ = 0;
    bool growing_ = false;
    bool playing_ = false;
    bool looping_ = true;
    std::optional<std::int64_t> in_;
    std::optional<std::int64_t> out_;
    std::optional<Time> last_tick_;
    std::optional<Time> dry_since_;
    int underruns_ = 0;
};

} // namespace rushes::ui
