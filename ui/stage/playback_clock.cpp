#include "stage/playback_clock.h"

#include <algorithm>
#include <cmath>

namespace rushes::ui {

void PlaybackClock::reset(double frames_per_second) {
    const bool looping = looping_;
    *this = {};
    looping_ = looping;
    frames_per_second_ = frames_per_second;
}

void PlaybackClock::setAvailable(std::int64_t frames, bool growing) {
    if (frames > available_ && dry_since_) {
        dry_since_.reset(); // goes on where it held
    }
    available_ = frames;
    growing_ = growing;
    if (!growing) {
        dry_since_.reset();
    }
}

void PlaybackClock::play(Time now) {
    playing_ = true;
    last_tick_ = now;
    if (!growing_ && index() >= last() && speed_ > 0) {
        position_ = static_cast<double>(first()); // play at the end starts again
    }
}

void PlaybackClock::pause() {
    playing_ = false;
    last_tick_.reset();
    dry_since_.reset();
}

void PlaybackClock::seek(std::int64_t index) {
    position_ =
        static_cast<double>(std::clamp<std::int64_t>(index, 0, std::max<std::int64_t>(0, available_ - 1)));
    last_tick_.reset();
    dry_since_.reset();
}

void PlaybackClock::step(std::int64_t frames) {
    pause();
    seek(index() + frames);
}

void PlaybackClock::setMarks(std::optional<std::int64_t> in, std::optional<std::int64_t> out) {
    if (in && out && *in > *out) {
        std::swap(in, out);
    }
    in_ = in;
    out_ = out;
}

std::int64_t PlaybackClock::first() const {
    return std::clamp<std::int64_t>(in_.value_or(0), 0, std::max<std::int64_t>(0, available_ - 1));
}

std::int64_t PlaybackClock::last() const {
    const std::int64_t end = std::max<std::int64_t>(0, available_ - 1);
    return std::clamp<std::int64_t>(out_.value_or(end), first(), end);
}

std::int64_t PlaybackClock::index() const {
    const auto index = static_cast<std::int64_t>(std::floor(position_));
    return std::clamp<std::int64_t>(index, 0, std::max<std::int64_t>(0, available_ - 1));
}

bool PlaybackClock::waitsAtEnd() const {
    return growing_ && (!out_ || *out_ >= available_);
}

void PlaybackClock::reachEnd(Time now) {
    if (waitsAtEnd()) {
        if (!dry_since_) {
            dry_since_ = now;
            ++underruns_;
        }
        if (now - *dry_since_ < drought_before_loop) {
            position_ = static_cast<double>(last()) + 0.999; // the next frame is due at once when it comes
            return;
        }
        dry_since_.reset();
        position_ = static_cast<double>(first());
        return;
    }
    const auto length = static_cast<double>(last() - first() + 1);
    if (looping_) {
        const double over = std::fmod(position_ - static_cast<double>(first()), length);
        position_ = static_cast<double>(first()) + (over < 0 ? over + length : over);
        return;
    }
    position_ = static_cast<double>(speed_ > 0 ? last() : first());
    pause();
}

std::int64_t PlaybackClock::tick(Time now) {
    if (!playing_ || available_ == 0) {
        last_tick_ = now;
        return index();
    }
    const double elapsed = last_tick_ ? std::chrono::duration<double>(now - *last_tick_).count() : 0;
    last_tick_ = now;
    position_ += elapsed * frames_per_second_ * speed_;
    if (position_ >= static_cast<double>(last() + 1) ||
        (speed_ < 0 && position_ < static_cast<double>(first()))) {
        reachEnd(now);
    }
    return index();
}

} // namespace rushes::ui
