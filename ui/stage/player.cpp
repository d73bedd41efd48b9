#include "stage/player.h"

#include "convert.h"

#include <algorithm>
#include <cmath>

namespace rushes::ui {

namespace {

constexpr int fastest_timer_ms = 8; ///< half a period of a 60 Hz screen
constexpr double fastest_shuttle = 8;

} // namespace

Player::Player(Now now, QObject* parent) : QObject(parent), now_(std::move(now)) {
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, &Player::tick);
}

void Player::show(std::shared_ptr<StageClip> clip) {
    if (clip == clip_) {
        pending_.reset(); // it stays after all
        return;
    }
    if (clip && clip == pending_) {
        return;
    }
    if (clip && clip_ && !clip->hasPicture()) {
        pending_ = std::move(clip);
        return;
    }
    take(std::move(clip));
    poll();
}

void Player::take(std::shared_ptr<StageClip> clip) {
    clip_ = std::move(clip);
    pending_.reset();
    clock_.reset(clip_ ? clip_->shape().rate.fps() : 1);
    user_paused_ = !autoplay_;
    held_ = false;
    on_final_frames_ = false;
    shown_.reset();
    if (!clip_) {
        picture_ = {};
        kind_ = PictureKind::none;
        emit pictureChanged();
    }
    emit clipChanged();
}

void Player::poll() {
    if (pending_ && (pending_->hasPicture() || !clip_)) {
        take(pending_);
    }
    if (!clip_) {
        return;
    }
    startWhenReady();
    refresh();
    runTimer();
    emit stateChanged();
}

void Player::startWhenReady() {
    const std::int64_t finals = clip_->finalFrames();
    const bool growing = clip_->growing();
    const bool enough =
        finals >= PlaybackClock::frames_to_start || finals >= clip_->shape().frames || !growing;
    const bool from_the_start = !on_final_frames_ && enough && finals > 0;
    if (from_the_start) {
        on_final_frames_ = true;
        clock_.seek(0); // from estimates to the real thing
    }
    if (on_final_frames_) {
        clock_.setAvailable(finals, growing);
    } else {
        clock_.setAvailable(clip_->coveredFrames(), false);
    }
    // Time begins with the first frame, also when estimates were playing: none of it is skipped.
    if ((!clock_.playing() || from_the_start) && !user_paused_ && !held_ && clock_.available() > 0) {
        clock_.play(now_());
    }
}

void Player::runTimer() {
    if (!clock_.playing()) {
        timer_.stop();
        return;
    }
    const double rate = clip_->shape().rate.fps() * std::max(1.0, std::abs(clock_.speed()));
    const int interval = std::max(fastest_timer_ms, static_cast<int>(1000 / rate / 3));
    if (!timer_.isActive() || timer_.interval() != interval) {
        timer_.start(interval);
    }
}

void Player::tick() {
    const bool was_playing = clock_.playing();
    const std::int64_t before = clock_.index();
    clock_.tick(now_());
    if (clock_.index() != before || !shown_) {
        refresh();
    }
    if (clock_.playing() != was_playing) {
        user_paused_ = !clock_.playing(); // reached the end without looping
        runTimer();
        emit stateChanged();
    }
}

void Player::refresh() {
    if (!clip_) {
        return;
    }
    refreshOther();
    const std::int64_t index = clock_.index();
    const StagePicture picture = clip_->pictureAt(index);
    if (!picture.frame) {
        if (fetch_ && clip_->mustFetch(index)) {
            fetch_(clip_, index);
        }
        emit pictureChanged(); // the position moved all the same
        return;
    }
    kind_ = picture.kind;
    if (picture.frame != shown_) {
        shown_ = picture.frame;
        picture_ = toQImage(shown_);
    }
    emit pictureChanged();
}

void Player::compareWith(std::shared_ptr<StageClip> other) {
    other_ = std::move(other);
    other_shown_.reset();
    other_picture_ = {};
    refreshOther();
    emit otherChanged();
}

void Player::refreshOther() {
    if (!other_ || !clip_ || other_->finalFrames() == 0) {
        return;
    }
    // The same moment, not the same frame: the clips may differ in their rates. A shorter one holds its last.
    const double seconds = static_cast<double>(clock_.index()) / clip_->shape().rate.fps();
    const std::int64_t index =
        std::min<std::int64_t>(std::llround(seconds * other_->shape().rate.fps()), other_->finalFrames() - 1);
    const FramePtr frame = other_->pictureAt(index).frame;
    if (!frame) {
        if (fetch_ && other_->mustFetch(index)) {
            fetch_(other_, index);
        }
        return;
    }
    if (frame != other_shown_) {
        other_shown_ = frame;
        other_picture_ = toQImage(frame);
        emit otherChanged();
    }
}

void Player::keep(const std::shared_ptr<StageClip>& clip, FramePtr frame) {
    if (frame && (clip == clip_ || clip == other_)) {
        clip->keep(std::move(frame));
        refresh();
    }
}

void Player::togglePlay() {
    if (playing()) {
        pause();
    } else {
        play(1);
    }
}

void Player::play(double speed) {
    if (!clip_) {
        return;
    }
    user_paused_ = false;
    held_ = false;
    clock_.setSpeed(speed);
    clock_.play(now_());
    runTimer();
    emit stateChanged();
}

void Player::pause() {
    clock_.pause();
    user_paused_ = true;
    held_ = false;
    timer_.stop();
    emit stateChanged();
}

void Player::shuttle(int direction) {
    if (direction == 0) {
        pause();
        return;
    }
    const bool again = playing() && clock_.speed() * direction > 0;
    play(again ? std::clamp(clock_.speed() * 2, -fastest_shuttle, fastest_shuttle) : direction);
}

void Player::seek(std::int64_t index) {
    clock_.seek(index);
    refresh();
    emit stateChanged();
}

void Player::hold(bool on) {
    if (on && clock_.playing()) {
        clock_.pause();
        held_ = true;
    } else if (!on && held_) {
        held_ = false;
        clock_.play(now_());
    }
    runTimer();
}

void Player::step(std::int64_t frames) {
    clock_.step(frames);
    user_paused_ = true;
    held_ = false;
    timer_.stop();
    refresh();
    emit stateChanged();
}

void Player::goToStart() {
    seek(clock_.in().value_or(0));
}

void Player::goToEnd() {
    seek(clock_.out().value_or(clock_.available() - 1));
}

void Player::setLooping(bool looping) {
    clock_.setLooping(looping);
    emit stateChanged();
}

void Player::markIn() {
    clock_.setMarks(clock_.index(), clock_.out());
    emit stateChanged();
}

void Player::markOut() {
    clock_.setMarks(clock_.in(), clock_.index());
    emit stateChanged();
}

void Player::clearMarks() {
    clock_.setMarks({}, {});
    emit stateChanged();
}

} // namespace rushes::ui
